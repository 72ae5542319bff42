using BenchmarkDotNet.Attributes;
using InferenceApi.Classification;

namespace Benchmarks.Micro;

/// <summary>Softmax and top 5 of one row of ImageNet logits.</summary>
[MemoryDiagnoser]
public class RankBenchmark
{
    private const int Classes = 1000;

    private readonly float[] _logits = new float[Classes];

    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(1);
        for (int i = 0; i < Classes; i++) _logits[i] = (float)((random.NextDouble() * 20) - 10);
    }

    [Benchmark]
    public int Rank() => TopPredictions.Rank(_logits, 5)[0].Index;
}
