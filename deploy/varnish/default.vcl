vcl 4.1;
# Varnish as an HTTP cache in front of the API (Varnish 7.1 and newer). Start it with `-p http_gzip_support=off`: the API packs its answers itself.
# Change the backend's host and port.

import std;

backend api {
  .host = "api";
  .port = "8000";
  .connect_timeout = 2s;
  .first_byte_timeout = 30s;
  .probe = { .url = "/readyz"; .interval = 1s; .timeout = 1s; .window = 3; .threshold = 2; .initial = 2; }
}

acl inside { "127.0.0.1"; "10.0.0.0"/8; "172.16.0.0"/12; "192.168.0.0"/16; }

sub vcl_recv {
  # A new release can be had at once instead of within five minutes: `BAN /` from the inside.
  if (req.method == "BAN") {
    if (client.ip !~ inside) { return (synth(405)); }
    ban("obj.status == 200");
    return (synth(200, "banned"));
  }
  if (req.url ~ "^/(metrics|readyz)$") { return (synth(404)); }
  if (req.url == "/mcp" || req.url ~ "^/v1/dump" || req.url == "/healthz") { return (pass); }
  if (req.method != "GET" && req.method != "HEAD") { return (pass); }

  # Four kinds of clients by coding, so that the cache keeps four answers and not one for each way of writing the header.
  if (req.http.Accept-Encoding ~ "(^|[ ,])br($|[ ,]|;q=(1|0\.0*[1-9]))") { set req.http.Accept-Encoding = "br"; }
  elsif (req.http.Accept-Encoding ~ "(^|[ ,])zstd($|[ ,]|;q=(1|0\.0*[1-9]))") { set req.http.Accept-Encoding = "zstd"; }
  elsif (req.http.Accept-Encoding ~ "(^|[ ,])gzip($|[ ,]|;q=(1|0\.0*[1-9]))") { set req.http.Accept-Encoding = "gzip"; }
  else { unset req.http.Accept-Encoding; }
  set req.url = std.querysort(req.url);
  unset req.http.Cookie;
  # Grown old: at most a day is served while a new answer is fetched; a week while the API is ill.
  if (std.healthy(req.backend_hint)) { set req.grace = 1d; }
  return (hash);
}

sub vcl_backend_response {
  if (beresp.status >= 500 && bereq.is_bgfetch) { return (abandon); }     # keep what there is
  if (beresp.http.Cache-Control ~ "no-store" || beresp.status >= 400) {
    set beresp.uncacheable = true;
    set beresp.ttl = 0s;
    return (deliver);
  }
  set beresp.grace = 7d;
  set beresp.keep = 7d;        # to ask with If-None-Match
}

sub vcl_deliver {
  if (obj.hits > 0) { set resp.http.X-Cache = "HIT"; } else { set resp.http.X-Cache = "MISS"; }
  unset resp.http.X-Varnish;
  unset resp.http.Via;
}
