#!/bin/sh
# What the Dockerfile runs in its SDK image: restores or publishes both programs into one folder. With CUDA=1 for CUDA.
#   publish.sh restore RID        publish.sh publish RID FOLDER
set -eu
case $1 in
  restore)
    for project in tools/export/Export.csproj src/InferenceApi/InferenceApi.csproj; do
      dotnet restore "$project" -r "$2" -p:PublishReadyToRun=true
    done ;;
  publish)
    # What they share (ONNX Runtime above all) is there once; each has its own .deps.json.
    for project in tools/export/Export.csproj src/InferenceApi/InferenceApi.csproj; do
      dotnet publish "$project" -c Release -r "$2" --no-restore --no-self-contained \
        -p:PublishReadyToRun=true -p:UseAppHost=false -p:DebugType=none -o "$3"
    done
    rm -f "$3"/*.pdb "$3"/*.xml ;;
esac
