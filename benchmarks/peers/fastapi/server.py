"""What a Python developer would build instead: FastAPI, Pillow, torchvision and PyTorch on all cores.

    python3 server.py STORE MODEL PORT

Only the store's labels are used: the network is torchvision's of the same architecture with random weights, which costs the same
time per picture. Debian: python3-fastapi python3-uvicorn python3-torch python3-torchvision python3-pil.
"""
import csv
import io
import os
import sys
import time

import torch
import torchvision
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from PIL import Image
from torchvision import transforms

store, model_name, port = sys.argv[1:4]
folder = os.path.join(store, model_name)
version = max((name for name in os.listdir(folder) if name.isdigit()), key=int)
with open(os.path.join(folder, version, "labels.csv"), encoding="utf-8", newline="") as file:
    labels = [{"wnid": row["wnid"], "label": row["label"]} for row in csv.DictReader(file)]

torch.manual_seed(0)
torch.set_num_threads(len(os.sched_getaffinity(0)))
network = getattr(torchvision.models, model_name.rsplit("_", 1)[0])(weights=None).eval()
prepare = transforms.Compose([
    transforms.Resize(256),
    transforms.CenterCrop(224),
    transforms.ToTensor(),
    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
])
app = FastAPI()


def classify(body: bytes, top_k: int):
    start = time.perf_counter()
    image = Image.open(io.BytesIO(body)).convert("RGB")
    batch = prepare(image).unsqueeze(0)
    prepared = time.perf_counter()
    with torch.inference_mode():
        probabilities, indices = network(batch)[0].softmax(0).topk(top_k)
    ran = time.perf_counter()
    predictions = [{"index": index, **labels[index], "probability": probability}
                   for index, probability in zip(indices.tolist(), probabilities.tolist())]
    timing = f'prepare;dur={(prepared - start) * 1e3:.3f}, run;dur={(ran - prepared) * 1e3:.3f}, batch;desc="1"'
    answer = {"model": model_name, "version": version,
              "results": [{"width": image.width, "height": image.height, "predictions": predictions}]}
    return answer, timing


@app.get("/health/ready")
async def ready():
    return {"status": "ready"}


@app.post("/v1/models/{target}")
async def classify_endpoint(target: str, request: Request, response: Response, top_k: int = 5):
    if target != f"{model_name}:classify":
        return JSONResponse({"error": "no such model"}, status_code=404)
    body = await request.body()
    try:
        answer, timing = await run_in_threadpool(classify, body, top_k)
    except OSError as failure:
        return JSONResponse({"error": str(failure)}, status_code=422)
    response.headers["Server-Timing"] = timing
    return answer


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)
