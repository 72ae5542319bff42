#!/bin/sh
# What the Dockerfile runs in its SDK image: restores or publishes both programs. With CUDA=1 for CUDA.
#   publish.sh restore ARCH                 ARCH is Docker's: amd64 or arm64
#   publish.sh publish ARCH NATIVES APP     native libraries into NATIVES, all else and the licences into APP
set -eu
case $2 in
  amd64) rid=linux-x64 ;;
  arm64) rid=linux-arm64 ;;
  *) echo "publish.sh: there is no build for $2, only for amd64 and arm64" >&2; exit 1 ;;
esac
case $1 in
  restore)
    for project in tools/export/Export.csproj src/InferenceApi/InferenceApi.csproj; do
      dotnet restore "$project" -r $rid -p:PublishReadyToRun=true
    done ;;
  publish)
    # What they share (ONNX Runtime above all) is there once; each has its own .deps.json.
    for project in tools/export/Export.csproj src/InferenceApi/InferenceApi.csproj; do
      dotnet publish "$project" -c Release -r $rid --no-restore --no-self-contained \
        -p:PublishReadyToRun=true -p:UseAppHost=false -p:DebugType=none -o "$4"
    done
    rm -f "$4"/*.pdb "$4"/*.xml
    # Natives change with their packages, the code with every commit: a layer for each.
    mkdir -p "$3"
    mv "$4"/*.so* "$3"/
    # Terms of what the image passes on; each file has the name and version of its package.
    mkdir -p "$4"/licenses
    cp LICENSE "$4"/licenses/inference-service.txt
    for file in /root/.nuget/packages/*/*/LICENSE* /root/.nuget/packages/*/*/[Tt][Hh][Ii][Rr][Dd]*[Nn]otices* \
                /root/.nuget/packages/*/*/THIRD-PARTY-NOTICES* /root/.nuget/packages/netvips.native.$rid/*/versions.json; do
      [ -f "$file" ] || continue
      version=${file%/*}; package=${version%/*}
      cp "$file" "$4/licenses/${package##*/}-${version##*/}-${file##*/}"
    done ;;
esac
