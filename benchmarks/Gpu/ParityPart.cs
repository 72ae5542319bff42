using Imaging;
using InferenceApi.Runtime;
using ModelStore;

namespace Benchmarks.Gpu;

/// <summary>
/// Logits of the chosen provider against the CPU's, on photographs. An fp16 model is compared with the fp32 model of its name.
/// </summary>
internal static class ParityPart
{
    private const string HalfSuffix = "_fp16";

    public static int Run(MeasureOptions options)
    {
        RuntimePlan gpu = options.Choose(asked => asked with { Sessions = 1, MaxBatch = 8 });
        RuntimePlan cpu = new RuntimeOptions { MaxBatch = 8 }.For(ExecutionProvider.Cpu);
        float[][] images = Prepare(options);
        bool good = true;
        Console.WriteLine($"{gpu.Provider}, TF32 {(gpu.Cuda.Tf32 ? "on" : "off")}, {images.Length} photographs");
        Console.WriteLine("| model | top-1 equal | max abs logit | max abs probability |");
        Console.WriteLine("|---|---:|---:|---:|");
        foreach (string model in options.Models)
        {
            bool half = model.EndsWith(HalfSuffix, StringComparison.Ordinal);
            string reference = half ? model[..^HalfSuffix.Length] : model;
            (int equal, double logit, double probability) =
                Compare(Logits(options.Open(model, gpu), images), Logits(options.Open(reference, cpu), images));
            Console.WriteLine($"| {model} | {equal} of {images.Length} | {logit:e2} | {probability:e2} |");
            // Meaningless weights may tie; only real ones owe agreement in fp16.
            bool real = options.Model(model).Manifest.Origin != ModelOrigin.Synthetic;
            good &= half ? !real || equal >= 0.99 * images.Length : equal == images.Length && logit <= 1e-3;
        }

        return good ? 0 : 1;
    }

    private static float[][] Prepare(MeasureOptions options)
    {
        var preprocessor = new ImagePreprocessor(new ImagingOptions());
        return
        [
            .. options.ReadPictures().Select(picture =>
            {
                using PreparedImage image = preprocessor.Preprocess(picture, PreprocessingRecipe.ImageNet, out _);
                return image.Memory.ToArray();
            }),
        ];
    }

    private static float[][] Logits(IReadOnlyList<IModelInstance> sessions, float[][] images)
    {
        using IModelInstance session = sessions[0];
        var logits = new float[images.Length][];
        for (int first = 0; first < images.Length; first += session.MaxBatch)
        {
            int rows = Math.Min(session.MaxBatch, images.Length - first);
            for (int row = 0; row < rows; row++) images[first + row].CopyTo(session.InputRow(row).Span);
            session.Run(rows);
            for (int row = 0; row < rows; row++) logits[first + row] = session.OutputRow(row).ToArray();
        }

        return logits;
    }

    private static (int Equal, double Logit, double Probability) Compare(float[][] actual, float[][] expected)
    {
        (int equal, double logit, double probability) = (0, 0, 0);
        for (int i = 0; i < actual.Length; i++)
        {
            if (Array.IndexOf(actual[i], actual[i].Max()) == Array.IndexOf(expected[i], expected[i].Max())) equal++;
            logit = Math.Max(logit, actual[i].Zip(expected[i], (a, e) => (double)Math.Abs(a - e)).Max());
            probability = Math.Max(probability, Softmax(actual[i]).Zip(Softmax(expected[i]), (a, e) => Math.Abs(a - e)).Max());
        }

        return (equal, logit, probability);
    }

    private static double[] Softmax(float[] logits)
    {
        float largest = logits.Max();
        double[] powers = [.. logits.Select(logit => Math.Exp((double)logit - largest))];
        double sum = powers.Sum();
        return [.. powers.Select(power => power / sum)];
    }
}
