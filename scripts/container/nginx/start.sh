#!/bin/sh
# nginx in its container: its temporary folder is empty at each start, and what an operator must look at goes to the output.
set -eu
ln -sf /dev/stdout tmp/notable.log
exec nginx -p "$PWD" -c "$PWD/conf/nginx.conf" -e stderr
