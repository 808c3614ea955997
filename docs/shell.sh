# The functions of the guides, for bash and zsh with curl and python3. They call the system at $BASE with the access
# token $TOKEN. A guide takes them from the system that it calls: eval "$(curl -fsS "$BASE/guides/shell.sh")"

# value KEY: a value of the JSON on standard input, such as `value items.0.id`.
value() { python3 -c '
import json, sys
found = json.load(sys.stdin)
for key in sys.argv[1].split("."):
    found = found[int(key)] if key.isdigit() else found[key]
print(found)' "$1"; }

# rows KEY…: these values of each item of a page, a line for each item, such as `rows ref status`.
rows() { python3 -c '
import json, sys
found = json.load(sys.stdin)
for item in found if isinstance(found, list) else found["items"]:
    print(*(item[key] for key in sys.argv[1:]))' "$@"; }

# token ADDRESS PASSWORD: an access token of an account.
token() { curl -sS --fail-with-body -d grant_type=password --data-urlencode "username=$1" \
  --data-urlencode "password=$2" "$BASE/access/v1/oauth/token" | value access_token; }

# client_token ID SECRET: an access token of a client.
client_token() { curl -sS --fail-with-body -u "$1:$2" -d grant_type=client_credentials \
  "$BASE/access/v1/oauth/token" | value access_token; }

# sign_in: takes an access token for your own ID, the address of an account or the id of a client, as TOKEN.
sign_in() {
  case ${ID:?Set ID and SECRET to your own account or client.} in
    *@*) TOKEN=$(token "$ID" "$SECRET") ;;
    *) TOKEN=$(client_token "$ID" "$SECRET") ;;
  esac
}

# key: a new value for the header Idempotency-Key.
key() { head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

# word: a new word of small letters, for a name or code that nobody has.
word() { key | tr 0-9 g-p | cut -c 1-10; }

# call …: curl with the token; a problem ends it with an error.
call() { curl -sS --fail-with-body -H "Authorization: Bearer $TOKEN" "$@"; }

# send …: call with JSON as -d, each time under a new key.
send() { call -H "Content-Type: application/json" -H "Idempotency-Key: $(key)" "$@"; }

# anybody …: curl with JSON as -d, without a token.
anybody() { curl -sS --fail-with-body -H "Content-Type: application/json" "$@"; }

# etag ADDRESS: the version of a record, for If-Match.
etag() { call -D - -o /dev/null "$1" | tr -d '\r' | sed -n 's/^[Ee][Tt]ag: //p'; }

# patch ADDRESS JSON: changes fields of a record.
patch() { call -X PATCH -H "Content-Type: application/merge-patch+json" -H "If-Match: $(etag "$1")" -d "$2" "$1"; }

# step ADDRESS ACTION [FIELDS]: a transition of a record, such as `step "$CENTRE" close '"reason": "Merged."'`.
step() { send -H "If-Match: $(etag "$1")" -d "{\"action\": \"$2\"${3:+, $3}}" "$1/transitions"; }

# newest LIST?FILTERS: the address of the record of a list that was entered last.
newest() { printf '%s%s\n' "$BASE" "$(call "$1&sort=-created_at&limit=1" | value items.0.links.self)"; }

# finished ADDRESS: a job, as soon as it has ended.
finished() {
  for _ in $(seq 300); do
    case $(call "$1" | value status) in queued | running) sleep 0.2 ;; *) break ;; esac
  done
  call "$1"
}

# mailed ADDRESS: the token in the newest mail to an address, on a system that keeps its mails in the folder $MAIL.
mailed() { python3 -c '
import email, email.policy, pathlib, re, sys, time
folder, address = pathlib.Path(sys.argv[1]), sys.argv[2]
for _ in range(300):
    for file in sorted(folder.glob("*.eml"), key=lambda one: one.stat().st_mtime_ns, reverse=True):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        link = re.search(r"#[a-z]+=(\S+)", mail.get_body(("plain",)).get_content())
        if mail["To"] == address and link:
            sys.exit(print(link[1]))
    time.sleep(0.1)
sys.exit("There is no mail with a link.")' "$MAIL" "$1"; }

# choose ADDRESS PASSWORD: chooses the password of an account by the token of its mail.
choose() { anybody -d "{\"token\": \"$(mailed "$1")\", \"password\": \"$2\"}" \
  "$BASE/access/v1/accounts/password_reset/confirm"; }
