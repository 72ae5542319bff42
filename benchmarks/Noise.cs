using InferenceApi.Runtime;

namespace Benchmarks;

/// <summary>Seeded numbers of the range of normalised pixels: zeros would spare the multipliers what pictures do not.</summary>
internal static class Noise
{
    public static void Fill(IModelInstance session)
    {
        for (int row = 0; row < session.MaxBatch; row++) Fill(session.InputRow(row).Span, row);
    }

    public static void Fill(Span<float> row, int seed)
    {
        var random = new Random(seed);
        foreach (ref float value in row) value = (random.NextSingle() * 4) - 2;
    }
}
