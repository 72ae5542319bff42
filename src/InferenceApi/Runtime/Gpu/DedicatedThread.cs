using System.Runtime.ExceptionServices;

namespace InferenceApi.Runtime.Gpu;

/// <summary>
/// Does one kind of work always on the same thread: a CUDA graph can be replayed only by the thread that captured it, and the thread that
/// warms a model up is not the one that serves it. One caller at a time.
/// </summary>
internal sealed class DedicatedThread : IDisposable
{
    private readonly Action<int> _work;
    private readonly Thread _thread;

    // Not spinning: a hand-over costs some microseconds of a run of milliseconds, and the cores decode pictures.
    private readonly ManualResetEventSlim _asked = new(false, spinCount: 0);
    private readonly ManualResetEventSlim _done = new(false, spinCount: 0);
    private ExceptionDispatchInfo? _failure;
    private int _argument;
    private bool _ended;

    public DedicatedThread(string name, Action<int> work)
    {
        _work = work;
        _thread = new Thread(Loop) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Does the work on the thread and waits for it; rethrows its exceptions. Allocates nothing.</summary>
    public void Invoke(int argument)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        _argument = argument;
        _asked.Set();
        _done.Wait();
        _done.Reset();
        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        failure?.Throw();
    }

    /// <summary>Ends the thread. Not while work is being done.</summary>
    public void Dispose()
    {
        if (_ended) return;
        _ended = true;
        _asked.Set();
        _thread.Join();
        _asked.Dispose();
        _done.Dispose();
    }

    private void Loop()
    {
        while (true)
        {
            _asked.Wait();
            _asked.Reset();
            if (_ended) return;
            try
            {
                _work(_argument);
            }
#pragma warning disable CA1031 // It is the caller's, who rethrows it.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                _failure = ExceptionDispatchInfo.Capture(failure);
            }

            _done.Set();
        }
    }
}
