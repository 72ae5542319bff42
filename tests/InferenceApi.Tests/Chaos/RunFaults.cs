using InferenceApi.Runtime;

namespace InferenceApi.Tests.Chaos;

/// <summary>Which runs of a model fail, and how: one in so many throws, hangs or is short of memory, by a seeded choice.</summary>
internal sealed class RunFaults(int seed, int everyNth) : IDisposable
{
    private const int Kinds = 3;

    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private readonly ManualResetEventSlim _end = new();
    private int _images;

    /// <summary>Images of the runs that failed so far.</summary>
    public int Images => Volatile.Read(ref _images);

    /// <summary>Ends the runs that hang.</summary>
    public void Dispose() => _end.Set();

    /// <summary>Called before each run.</summary>
    /// <param name="rows">Its images.</param>
    public void Strike(int rows)
    {
        int kind;
        lock (_gate)
        {
            if (_random.Next(everyNth) != 0) return;
            kind = _random.Next(Kinds);
        }

        Interlocked.Add(ref _images, rows);
        switch (kind)
        {
            case 0: throw new InvalidOperationException("This run was to fail.");
            case 1: throw new DeviceMemoryException("This run was to have no memory.");
            default:
                _end.Wait();
                throw new InvalidOperationException("This run was to hang.");
        }
    }
}
