"""Stands between latentmas and a vLLM, and writes down what both say.

    recorder.py UPSTREAM FOLDER

Once UPSTREAM serves, FOLDER/port has a PORT. Asked at http://127.0.0.1:PORT/RUN/v1/..., it asks UPSTREAM/v1/...
and hands on each piece as it comes. FOLDER/RUN.jsonl gets a line for each completion: what was asked, the text that
came, and how many were under way with it.
"""
import http.server
import json
import sys
import threading
import time
import urllib.error
import urllib.request

lock = threading.Lock()
under_way = 0


def text_of(answer):
    """Of a stream of events: all that was said."""
    said = ""
    for line in answer.decode().splitlines():
        if line.startswith("data: {"):
            said += "".join(choice.get("text") or "" for choice in json.loads(line[6:])["choices"])
    return said


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.hand_on(None)

    def do_POST(self):
        global under_way
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with lock:
            under_way += 1
            n = under_way
        answer = self.hand_on(body)
        with lock:
            under_way -= 1
            self.keep(body, answer, n)

    def keep(self, body, answer, n):
        run, _, path = self.path[1:].partition("/")
        asked = json.loads(body)
        if path != "v1/completions" or not asked.get("stream"):
            return
        line = dict(asked=asked, text=text_of(answer), n_under_way=n)
        with open(f"{sys.argv[2]}/{run}.jsonl", "a", encoding="utf-8") as f:
            f.write(json.dumps(line) + "\n")

    def hand_on(self, body):
        url = sys.argv[1] + "/" + self.path[1:].partition("/")[2]
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        try:
            response = urllib.request.urlopen(request)
        except urllib.error.HTTPError as refusal:
            response = refusal
        answer = b""
        with response:
            self.send_response(response.status)
            self.send_header("Content-Type", response.headers.get("Content-Type", "text/plain"))
            self.end_headers()
            while piece := response.read1():
                self.wfile.write(piece)
                answer += piece
        return answer

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def wait_for(url):
    while True:
        try:
            return urllib.request.urlopen(url).close()
        except urllib.error.URLError:
            time.sleep(1)


def main():
    wait_for(sys.argv[1] + "/health")
    server = Server(("127.0.0.1", 0), Handler)
    with open(sys.argv[2] + "/port", "w", encoding="utf-8") as f:
        f.write(f"{server.server_port}\n")
    server.serve_forever()


if __name__ == "__main__":
    main()
