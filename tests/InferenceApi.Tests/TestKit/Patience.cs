namespace TestKit;

/// <summary>How long a test waits for something that must happen before it fails loudly; reached only by a defect.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits for a state that has no event.</summary>
    public static void Until(Func<bool> condition, string what)
    {
        if (!SpinWait.SpinUntil(condition, Limit)) throw new TimeoutException($"It did not happen: {what}.");
    }

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task Soon(this Task task) => task.WaitAsync(Limit);
}
