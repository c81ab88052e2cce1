#!/bin/bash
# The health check of Kafka's container: asks the broker, in its own protocol, which versions it speaks (ApiVersions, version 0).
# An open port is not enough, and the scripts that Kafka brings start a Java machine for every question.
set -euo pipefail
exec 3<>/dev/tcp/127.0.0.1/9092
# Length 10, key 18, version 0, number 7 of the question, no client id.
printf '\x00\x00\x00\x0a\x00\x12\x00\x00\x00\x00\x00\x07\xff\xff' >&3
# Length, number of the question, error code 0.
answer=$(timeout 4 head -c 10 <&3 | od -An -tx1 | tr -d ' \n')
[[ $answer =~ ^[0-9a-f]{8}000000070000$ ]]
