#!/usr/bin/env bash
# RabbitMQ and Erlang in .local/unpacked, for a user who may not install packages.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD/.local/unpacked
rm -rf "$root" "$root.new"
bash deploy/local/unpack.sh "$root.new" rabbitmq-server \
    erlang-base erlang-crypto erlang-eldap erlang-inets erlang-mnesia erlang-os-mon erlang-parsetools \
    erlang-public-key erlang-runtime-tools erlang-ssl erlang-syntax-tools erlang-tools erlang-xmerl \
    erlang-asn1 erlang-ftp erlang-tftp erlang-snmp libsctp1
# Both copies of the start script know Erlang's folder by heart.
for wrapper in "$root.new"/usr/lib/erlang/bin/erl "$root.new"/usr/lib/erlang/erts-*/bin/erl; do
    sed -i "s|ROOTDIR=/usr/lib/erlang$|ROOTDIR=\"$root/usr/lib/erlang\"|" "$wrapper"
done
mv "$root.new" "$root"
