using Microsoft.ML.OnnxRuntime;
using ModelStore;

namespace Export.Verification;

/// <summary>Compares the answers of two ONNX files on generated pictures, on ONNX Runtime's CPU provider.</summary>
internal static class AgreementMeasurement
{
    private const int Pictures = 16;

    /// <summary>Waves a channel: edges and areas of every size. Noise would look the same to a network everywhere.</summary>
    private const int Waves = 4;

    /// <summary>Runs both.</summary>
    /// <param name="reference">The float32 network.</param>
    /// <param name="other">The one to be judged.</param>
    /// <param name="side">Height and width of their input.</param>
    public static PrecisionAgreement Run(string reference, string other, int side)
    {
        using SessionOptions options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using InferenceSession expected = new(reference, options), actual = new(other, options);
        (int equal, double worst) = (0, 0);
        for (int seed = 0; seed < Pictures; seed++)
        {
            float[] picture = Picture(seed, side);
            double[] before = Probabilities(expected, picture, side), after = Probabilities(actual, picture, side);
            if (Array.IndexOf(before, before.Max()) == Array.IndexOf(after, after.Max())) equal++;
            worst = Math.Max(worst, before.Zip(after, (b, a) => Math.Abs(b - a)).Max());
        }

        return new PrecisionAgreement(Pictures, "generated", (double)equal / Pictures, worst);
    }

    /// <summary>Values of normalised pixels, about -2 to 2.</summary>
    private static float[] Picture(int seed, int side)
    {
        Random random = new(seed);
        float[] picture = new float[3 * side * side];
        for (int channel = 0; channel < 3; channel++)
        {
            for (int wave = 0; wave < Waves; wave++)
            {
                double frequency = (wave + 1) * 20.0 / side;
                (double x, double y) = (random.NextDouble() * frequency, random.NextDouble() * frequency);
                double phase = random.NextDouble() * 6;
                Span<float> plane = picture.AsSpan(channel * side * side, side * side);
                for (int index = 0; index < plane.Length; index++)
                    plane[index] += (float)(0.5 * Math.Sin((x * (index % side)) + (y * (index / side)) + phase));
            }
        }

        return picture;
    }

    private static double[] Probabilities(InferenceSession session, float[] picture, int side)
    {
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(picture, [1, 3, side, side]);
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, ["input"], [input], ["logits"]);
        float[] logits = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        float largest = logits.Max();
        double[] powers = [.. logits.Select(logit => Math.Exp((double)logit - largest))];
        double sum = powers.Sum();
        return [.. powers.Select(power => power / sum)];
    }
}
