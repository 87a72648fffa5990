#!/bin/sh
# Who is who between our own services: an authority of this house alone, and a certificate for each name, given as
# name=account. Run at every start: what is missing, another authority's or within a year of its end is made anew. The
# authority's own key stays in a folder that no service sees. After certificates were made anew: docker compose restart.
set -eu
umask 077
inner="${INNER:-/inner}"
ours="$inner/authority-key"
mkdir -p "$ours" "$inner/authority"
form="$(mktemp)"
trap 'rm -f "$form"' EXIT

# make <kind> <name> <days> <where> [signed by …]
make() {
    cat >"$form" <<FORM
[req]
prompt = no
distinguished_name = name
x509_extensions = $1
[name]
commonName = $2
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[service]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:$2, DNS:localhost
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
FORM
    days=$3 where=$4
    shift 4
    openssl req -x509 -config "$form" -newkey ec -pkeyopt ec_paramgen_curve:P-256 -sha256 -nodes \
        -days "$days" "$@" -keyout "$where.key.new" -out "$where.crt.new" 2>/dev/null
    mv "$where.key.new" "$where.key"
    mv "$where.crt.new" "$where.crt"
}

# stands <where> <days>: whether the certificate is signed by our authority, fits its key, and lasts that long.
stands() {
    openssl verify -CAfile "$ours/ca.crt" "$1.crt" >/dev/null 2>&1 &&
        openssl x509 -in "$1.crt" -noout -checkend "$(($2 * 86400))" >/dev/null &&
        [ "$(openssl x509 -in "$1.crt" -noout -pubkey)" = "$(openssl pkey -in "$1.key" -pubout)" ]
}

stands "$ours/ca" 1095 || make authority "connector, inside" 3650 "$ours/ca"
cp "$ours/ca.crt" "$inner/authority/ca.crt.new"
chmod 644 "$inner/authority/ca.crt.new"
chmod 755 "$inner/authority"
mv "$inner/authority/ca.crt.new" "$inner/authority/ca.crt"

for service in "$@"; do
    name="${service%%=*}"
    mkdir -p "$inner/$name"
    stands "$inner/$name/server" 365 || make service "$name" 730 "$inner/$name/server" -CA "$ours/ca.crt" -CAkey "$ours/ca.key"
    # The service alone reads its key; in a folder of one's own there is nobody to give it to.
    [ "$(id -u)" != 0 ] || chown -R "${service#*=}" "$inner/$name"
done
