import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches one voice as WxJava does: the stable token by POST, an answer is an error if its type begins with application/json,
 * and a file must have a name. On 40001, 40014 and 42001 it requests a token and repeats the call.
 */
class Client {
  static final List<Integer> TOKEN_ERRCODES = List.of(40001, 40014, 42001);
  static final Pattern ERRCODE = Pattern.compile("\"errcode\":(-?\\d+)");
  static final Pattern TOKEN = Pattern.compile("\"access_token\":\"([^\"]+)\"");
  static final Pattern FILE_NAME = Pattern.compile(".*filename=\"(.*)\"");

  static final HttpClient http = HttpClient.newHttpClient();
  static String origin;
  static String appId;
  static String secret;

  public static void main(String[] args) throws Exception {
    origin = args[0];
    appId = args[1];
    secret = args[2];
    String mediaId = args[3];
    String token = args.length > 4 && !args[4].isEmpty() ? args[4] : fetchToken();
    HttpResponse<byte[]> response = fetchVoice(token, mediaId);
    if (isError(response) && TOKEN_ERRCODES.contains(errcodeIn(text(response)))) {
      response = fetchVoice(fetchToken(), mediaId);
    }
    if (isError(response)) fail(text(response));
    String disposition = response.headers().firstValue("Content-disposition").orElse("");
    Matcher name = FILE_NAME.matcher(disposition);
    if (!name.matches() || !name.group(1).equals(mediaId + ".speex")) {
      throw new IllegalStateException("no file name in '" + disposition + "'");
    }
    System.out.println("{\"voice\":\"" + Base64.getEncoder().encodeToString(response.body()) + "\"}");
  }

  static String fetchToken() throws Exception {
    String body = String.format(
        "{\"grant_type\":\"client_credential\",\"appid\":\"%s\",\"secret\":\"%s\",\"force_refresh\":false}", appId, secret);
    HttpRequest request = HttpRequest.newBuilder(URI.create(origin + "/cgi-bin/stable_token"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
    String answer = text(http.send(request, HttpResponse.BodyHandlers.ofByteArray()));
    Matcher token = TOKEN.matcher(answer);
    if (!token.find()) fail(answer);
    return token.group(1);
  }

  static HttpResponse<byte[]> fetchVoice(String token, String mediaId) throws Exception {
    String query = "media_id=" + encode(mediaId) + "&access_token=" + encode(token);
    HttpRequest request = HttpRequest.newBuilder(URI.create(origin + "/cgi-bin/media/get/jssdk?" + query)).build();
    return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  static boolean isError(HttpResponse<byte[]> response) {
    return response.headers().firstValue("Content-Type").orElse("").startsWith("application/json");
  }

  static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  static int errcodeIn(String answer) {
    Matcher errcode = ERRCODE.matcher(answer);
    if (!errcode.find()) throw new IllegalStateException("no errcode in " + answer);
    return Integer.parseInt(errcode.group(1));
  }

  static void fail(String answer) {
    errcodeIn(answer);
    System.out.println(answer);
    System.exit(0);
  }

  static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
