namespace Export;

/// <summary>
/// Calls back on the reporting thread, in order; System.Progress posts to the thread pool, where reports overtake each other.
/// </summary>
internal sealed class Progress(Action<long> report) : IProgress<long>
{
    public void Report(long value) => report(value);
}
