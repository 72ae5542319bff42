using Export.Pictures;
using Export.Runtime;
using ModelStore;

namespace Export.Verification;

/// <summary>Compares the answers of two networks, picture by picture.</summary>
internal sealed class AgreementMeasurement
{
    /// <summary>A lead of float32's first class over its second that counts as clear.</summary>
    public const double ClearLead = 0.3;

    private int _images, _equal, _clear, _clearEqual, _known, _right, _referenceRight;
    private double _sum, _worst;

    /// <summary>Runs both networks on every picture.</summary>
    /// <param name="reference">The float32 network.</param>
    /// <param name="other">The one to be judged.</param>
    /// <param name="pictures">Read once, one at a time.</param>
    /// <param name="source">What they are; see <see cref="PrecisionAgreement.Source"/>.</param>
    /// <param name="seen">Gets a call after each picture.</param>
    /// <param name="cancel">Checked before each picture.</param>
    public static PrecisionAgreement Run(
        NetworkSession reference,
        NetworkSession other,
        IEnumerable<Picture> pictures,
        string source,
        Action seen,
        CancellationToken cancel)
    {
        AgreementMeasurement measurement = new();
        foreach (Picture picture in pictures)
        {
            cancel.ThrowIfCancellationRequested();
            measurement.Add(reference.Logits(picture.Values), other.Logits(picture.Values), picture.Class);
            seen();
        }

        return measurement.Result(source);
    }

    /// <summary>Adds the logits of one picture in both precisions.</summary>
    public void Add(ReadOnlySpan<float> reference, ReadOnlySpan<float> other, int? known)
    {
        double[] before = Probabilities(reference), after = Probabilities(other);
        int first = IndexOfLargest(before), answer = IndexOfLargest(after);
        double second = before.Where((_, index) => index != first).DefaultIfEmpty(0).Max();
        (_images, _equal) = (_images + 1, _equal + (answer == first ? 1 : 0));
        if (before[first] - second > ClearLead) (_clear, _clearEqual) = (_clear + 1, _clearEqual + (answer == first ? 1 : 0));
        _sum += Math.Abs(before[first] - after[first]);
        _worst = Math.Max(_worst, before.Zip(after, (b, a) => Math.Abs(b - a)).Max());
        if (known is null) return;
        (_known, _right, _referenceRight) = (_known + 1, _right + (answer == known ? 1 : 0), _referenceRight + (first == known ? 1 : 0));
    }

    /// <summary>The figures of all pictures added.</summary>
    public PrecisionAgreement Result(string source) => new(_images, source, Part(_equal, _images), _worst)
    {
        MeanProbabilityDifference = _sum / Math.Max(1, _images),
        Clear = _clear,
        ClearTop1 = Part(_clearEqual, _clear),
        Accuracy = _known == 0 ? null : new AccuracyComparison(_known, Part(_right, _known), Part(_referenceRight, _known)),
    };

    private static double Part(int some, int all) => all == 0 ? 1 : (double)some / all;

    private static int IndexOfLargest(double[] values) => Array.IndexOf(values, values.Max());

    private static double[] Probabilities(ReadOnlySpan<float> logits)
    {
        double[] powers = new double[logits.Length];
        float largest = System.Numerics.Tensors.TensorPrimitives.Max(logits);
        for (int index = 0; index < logits.Length; index++) powers[index] = Math.Exp((double)logits[index] - largest);
        double sum = powers.Sum();
        for (int index = 0; index < powers.Length; index++) powers[index] /= sum;
        return powers;
    }
}
