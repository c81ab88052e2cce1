#!/bin/bash
# Kafka in its container: the data folder is formatted at the first start, then the node runs.
set -euo pipefail
# Any name of the cluster will do: it has one node.
/opt/kafka/bin/kafka-storage.sh format --ignore-formatted -t MkU3OEVBNTcwNTJENDM2Qg -c /etc/superchat/server.properties
exec /opt/kafka/bin/kafka-server-start.sh /etc/superchat/server.properties
