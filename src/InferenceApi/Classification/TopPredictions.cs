namespace InferenceApi.Classification;

/// <summary>From one row of logits to the most probable classes.</summary>
public static class TopPredictions
{
    /// <summary>
    /// Softmax over all classes and the <paramref name="count"/> largest, most probable first; equal logits keep the order of their
    /// index. The largest logit is subtracted first, so that no exponential overflows, and sums are in double precision.
    /// </summary>
    /// <param name="logits">One row; every value must be finite.</param>
    /// <param name="count">1 to the row's length.</param>
    /// <exception cref="InvalidOperationException">A logit is NaN or infinite: the model, not the picture, is broken.</exception>
    public static Prediction[] Rank(ReadOnlySpan<float> logits, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, logits.Length);

        float largest = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            if (!float.IsFinite(logit)) throw new InvalidOperationException("The model returned a logit that is not a number.");
            if (logit > largest) largest = logit;
        }

        double sum = 0;
        foreach (float logit in logits) sum += Math.Exp((double)logit - largest);

        var top = new Prediction[count];
        SelectLargest(logits, top);
        for (int i = 0; i < top.Length; i++)
            top[i] = new Prediction(top[i].Index, Math.Exp((double)logits[top[i].Index] - largest) / sum);
        return top;
    }

    /// <summary>
    /// Insertion into the sorted best so far: one comparison for nearly every class when k is small, k²/2 moves at worst.
    /// </summary>
    private static void SelectLargest(ReadOnlySpan<float> logits, Span<Prediction> top)
    {
        int filled = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (filled == top.Length && !(logits[i] > logits[top[^1].Index])) continue;
            int place = filled < top.Length ? filled++ : filled - 1;
            for (; place > 0 && logits[i] > logits[top[place - 1].Index]; place--) top[place] = top[place - 1];
            top[place] = new Prediction(i, 0);
        }
    }
}
