"""
Fetches one voice as wechatpy does: one session, parameters in the query, an answer is an error if it is JSON with an errcode.
On 40001, 40014 and 42001 it requests a token and repeats the call.
"""
import base64
import json
import sys

import requests

TOKEN_ERRCODES = (40001, 40014, 42001)

origin, appid, secret, media_id, token = sys.argv[1:6]
session = requests.Session()


def fail(result):
    print(json.dumps({"errcode": result["errcode"], "errmsg": result["errmsg"]}))
    sys.exit(0)


def fetch_token():
    params = {"grant_type": "client_credential", "appid": appid, "secret": secret}
    response = session.get(f"{origin}/cgi-bin/token", params=params)
    response.raise_for_status()
    result = response.json()
    if result.get("errcode", 0) != 0:
        fail(result)
    assert result["expires_in"] > 60
    return result["access_token"]


def fetch_voice(access_token):
    params = {"media_id": media_id, "access_token": access_token}
    response = session.get(f"{origin}/cgi-bin/media/get/jssdk", params=params)
    response.raise_for_status()
    try:
        result = json.loads(response.content.decode("utf-8", "ignore"), strict=False)
    except ValueError:
        return response.content
    return result


result = fetch_voice(token or fetch_token())
if isinstance(result, dict) and result["errcode"] in TOKEN_ERRCODES:
    result = fetch_voice(fetch_token())
if isinstance(result, dict):
    fail(result)
print(json.dumps({"voice": base64.b64encode(result).decode()}))
