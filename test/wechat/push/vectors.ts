/**
 * The vectors of WeChat's own page: token, key, appId, and what it computes with them.
 * https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html
 */
export const TOKEN = "AAAAA";
export const KEY = "A".repeat(43);
export const APP_ID = "wxba5fad812f8e6fb9";

export const CHECK = {
  signature: "f464b24fc39322e44b38aa78f5edd27bd1441696",
  echostr: "4375120948345356249",
  timestamp: "1714036504",
  nonce: "1514711492",
};
export const PLAIN_POST = {
  signature: "899cf89e464efb63f54ddac96b0a0a235f53aa78",
  timestamp: "1714037059",
  nonce: "486452656",
};
export const SAFE_POST = {
  signature: "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
  timestamp: "1714112445",
  nonce: "415670741",
  encrypt_type: "aes",
  msg_signature: "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
};
export const ENCRYPTED =
  "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=";
export const MESSAGE =
  '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}';
export const FIELDS = {
  ToUserName: "gh_97417a04a28d",
  FromUserName: "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
  CreateTime: "1714112445",
  MsgType: "event",
  Event: "debug_demo",
  debug_str: "hello world",
};
export const REPLY = {
  encrypted: "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==",
  message: '{"demo_resp":"good luck"}',
  signature: "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
};
