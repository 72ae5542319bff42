using System.Collections.Concurrent;

namespace Imaging.Resizing;

/// <summary>
/// Plans by source size and recipe. Bounded in bytes: when full it is emptied, which costs the next images some microseconds each.
/// Thread-safe.
/// </summary>
internal sealed class ResizePlanCache
{
    private const long MaxBytes = 16 * 1024 * 1024;

    private readonly ConcurrentDictionary<(int Width, int Height, int Resize, int Crop), ResizePlan> _plans = new();
    private long _bytes;

    public ResizePlan Get(int width, int height, int resize, int crop)
    {
        (int, int, int, int) key = (width, height, resize, crop);
        if (_plans.TryGetValue(key, out ResizePlan? known)) return known;
        ResizePlan plan = ResizePlan.For(width, height, resize, crop);
        if (Interlocked.Add(ref _bytes, plan.Bytes) > MaxBytes)
        {
            _plans.Clear();
            Interlocked.Exchange(ref _bytes, plan.Bytes);
        }

        _plans[key] = plan;
        return plan;
    }
}
