using System.Runtime.InteropServices;

namespace InferenceApi.Classification;

/// <summary>
/// One of the two lines that pictures wait in to be decoded, first come first served: so many at once, and so many bytes. Bytes are asked
/// for with a turn in hand, so the first in line is the next to get them.
/// </summary>
internal sealed partial class PreparationLane(int turns, long bytes, bool inBackground) : IDisposable
{
    /// <summary>Of nice(2): a thread of this niceness gets about a quarter of a core that an ordinary one wants too.</summary>
    private const int BackgroundNiceness = 5;

    private readonly SemaphoreSlim _turns = new(turns, turns);
    private readonly ByteBudget _bytes = new(bytes);
    private readonly Lock _gate = new();
    private double _pending;

    /// <summary>Time until work of so many seconds that comes now is done.</summary>
    public TimeSpan Backlog(double seconds)
    {
        lock (_gate) return TimeSpan.FromSeconds((Math.Max(0, _pending) + seconds) / turns);
    }

    /// <summary>Runs the work when its turn has come: on the calling thread, or on a background thread of its own.</summary>
    /// <param name="seconds">What it is expected to take.</param>
    /// <param name="held">Bytes that it holds while it runs; more than the lane has counts as all of them.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<T> RunAsync<T>(double seconds, long held, Func<T> work, CancellationToken cancellation)
    {
        Add(seconds);
        try
        {
            await _turns.WaitAsync(cancellation);
            try
            {
                held = Math.Min(held, bytes);
                await _bytes.TakeAsync(held, cancellation);
                try
                {
                    return inBackground ? await InBackgroundAsync(work) : work();
                }
                finally
                {
                    _bytes.Return(held);
                }
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Add(-seconds);
        }
    }

    public void Dispose() => _turns.Dispose();

    private void Add(double seconds)
    {
        lock (_gate) _pending += seconds;
    }

    /// <summary>A thread for each: making one takes a thousandth of the work, and a niceness once raised cannot be lowered again.</summary>
    private static Task<T> InBackgroundAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(Run) { IsBackground = true, Name = "costly picture" }.Start();
        return done.Task;

        void Run()
        {
            // Of the calling thread on Linux alone; elsewhere it would be the whole process's.
            if (OperatingSystem.IsLinux()) _ = SetPriority(0, 0, BackgroundNiceness);
            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // Whatever the work throws is its caller's.
            catch (Exception thrown)
#pragma warning restore CA1031
            {
                done.SetException(thrown);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int niceness);
}
