using Export.Onnx;
using Export.Runtime;

namespace Export.Verification;

/// <summary>Opens a written file in ONNX Runtime and checks its answers: in a batch of 3, each row equals the row alone.</summary>
public static class OnnxCheck
{
    /// <summary>
    /// Largest difference between a row of a batch and the same image alone, relative to the largest logit: float32 sums in another
    /// order differ by about 1e-5 at 101 layers.
    /// </summary>
    private const float Tolerance = 1e-4f;

    /// <summary>The same for float16, whose every layer rounds to 11 bits: sums in another order may round the other way.</summary>
    private const float HalfTolerance = 1e-2f;

    private const int Batch = 3;

    /// <summary>Runs the check.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="classes">Expected length of a row of logits.</param>
    /// <param name="precision">Decides how much rounding is allowed.</param>
    /// <exception cref="NetworkCheckException">It cannot be opened, or the answers are not finite or depend on the batch.</exception>
    public static void Run(string path, int classes, Precision precision = Precision.Fp32)
    {
        try
        {
            using NetworkSession session = new(path);
            int length = 3 * session.Side * session.Side;
            float[] images = Images(Batch * length), together = session.Logits(images, Batch);
            if (together.Length != Batch * classes)
                throw new NetworkCheckException($"{path}: {together.Length} logits for {Batch} images, expected {Batch * classes}.");
            for (int row = 0; row < Batch; row++)
            {
                float[] alone = session.Logits(images[(row * length)..((row + 1) * length)]);
                Compare(path, row, alone, together.AsSpan(row * classes, classes), ToleranceOf(precision));
            }
        }
        catch (InvalidDataException exception)
        {
            throw new NetworkCheckException(exception.Message, exception);
        }
    }

    /// <summary>Sums of integers do not depend on their order, so that int8 must agree to the last bit.</summary>
    private static float ToleranceOf(Precision precision) => precision switch
    {
        Precision.Int8 => 0,
        Precision.Fp16 => HalfTolerance,
        _ => Tolerance,
    };

    private static void Compare(string path, int row, ReadOnlySpan<float> alone, ReadOnlySpan<float> together, float tolerance)
    {
        float largest = 1;
        foreach (float logit in alone) largest = Math.Max(largest, Math.Abs(logit));
        for (int index = 0; index < alone.Length; index++)
        {
            // Written so that NaN fails, too.
            if (!(Math.Abs(alone[index] - together[index]) <= tolerance * largest))
                throw new NetworkCheckException(
                    $"{path}: logit {index} of image {row} is {together[index]} in a batch and {alone[index]} alone.");
        }
    }

    // Any deterministic picture does; a low-discrepancy sequence covers the range of normalised pixels, about -2 to 2.
    private static float[] Images(int length)
    {
        const double GoldenRatio = 0.6180339887498949;
        float[] images = new float[length];
        for (int index = 0; index < length; index++) images[index] = (float)(((index * GoldenRatio % 1.0) * 4.0) - 2.0);
        return images;
    }
}
