namespace TestKit;

/// <summary>One run of a <see cref="ScriptedInstance"/> that waits to be told how it ends.</summary>
internal sealed class ScriptedRun(float[] values)
{
    private readonly TaskCompletionSource _end = new();

    /// <summary>First float of each row, in order.</summary>
    public IReadOnlyList<float> Values { get; } = values;

    public int Rows => Values.Count;

    public void Finish() => _end.TrySetResult();

    public void Fail(Exception failure) => _end.TrySetException(failure);

    internal void WaitForEnd()
    {
        if (!((IAsyncResult)_end.Task).AsyncWaitHandle.WaitOne(Patience.Limit)) throw new TimeoutException("Nobody ended the run.");
        _end.Task.GetAwaiter().GetResult();
    }
}
