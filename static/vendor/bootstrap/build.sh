#!/bin/sh
# Build connector-bootstrap.min.css from an unpacked bootstrap 5.3.9 package: build.sh <package directory>
# Needs the dart-sass command line (1.77). Only for whoever changes the pinned version; nobody else needs Node.
set -eu
here=$(dirname "$0")
sass --quiet --no-source-map --style=compressed --load-path="$1/scss" "$here/connector.scss" |
  # Physical sides become logical ones, so that one file serves left-to-right and right-to-left pages.
  sed -E \
    -e 's/(margin|padding|border)-left/\1-inline-start/g; s/(margin|padding|border)-right/\1-inline-end/g' \
    -e 's/border-top-left-radius/border-start-start-radius/g; s/border-top-right-radius/border-start-end-radius/g' \
    -e 's/border-bottom-left-radius/border-end-start-radius/g; s/border-bottom-right-radius/border-end-end-radius/g' \
    -e 's/([;{])left:/\1inset-inline-start:/g; s/([;{])right:/\1inset-inline-end:/g' \
    -e 's/text-align:left/text-align:start/g; s/text-align:right/text-align:end/g; s/float:left/float:inline-start/g' \
  > "$here/connector-bootstrap.min.css"
