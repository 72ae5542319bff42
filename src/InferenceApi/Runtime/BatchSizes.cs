namespace InferenceApi.Runtime;

/// <summary>
/// The batch sizes of an instance. A CPU runs every size. A GPU has a plan for each size and therefore few sizes; other numbers of rows run
/// at the next larger size.
/// </summary>
public sealed class BatchSizes
{
    // Close enough together that padding costs little: simulated p99 at 80 % load 6.3 ms, exact sizes 6.0, powers of two 8.4
    // (docs/adr/0009-gpu.md).
    private static readonly int[] GpuSizes = [1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32, 40, 48, 56, 64];

    private readonly int[] _sizes;
    private readonly int[] _runSizes;

    private BatchSizes(int[] sizes)
    {
        _sizes = sizes;
        _runSizes = new int[sizes[^1] + 1];
        for (int rows = 1, index = 0; rows < _runSizes.Length; rows++)
        {
            if (rows > sizes[index]) index++;
            _runSizes[rows] = sizes[index];
        }
    }

    /// <summary>Ascending; the first is 1.</summary>
    public IReadOnlyList<int> Sizes => _sizes;

    public int Largest => _sizes[^1];

    /// <summary>Whether every number of rows runs as it is.</summary>
    public bool IsExact => _sizes.Length == Largest;

    /// <summary>Every size up to <paramref name="maxBatch"/>.</summary>
    public static BatchSizes Exact(int maxBatch) => new([.. Enumerable.Range(1, Checked(maxBatch))]);

    /// <summary>The GPU's sizes below <paramref name="maxBatch"/>, and that itself; beyond 64 in steps of 32.</summary>
    public static BatchSizes Gpu(int maxBatch)
    {
        IEnumerable<int> beyond = Enumerable.Range(1, 1 + (Checked(maxBatch) / 32)).Select(more => GpuSizes[^1] + (32 * more));
        return new([.. GpuSizes.Concat(beyond).Where(size => size < maxBatch), maxBatch]);
    }

    /// <summary>The size that <paramref name="rows"/> rows run at: the smallest that holds them.</summary>
    /// <param name="rows">1 … <see cref="Largest"/>.</param>
    public int RunSize(int rows) => rows > 0 ? _runSizes[rows] : throw new ArgumentOutOfRangeException(nameof(rows));

    /// <summary>The largest size that <paramref name="rows"/> rows fill.</summary>
    /// <param name="rows">1 or more; what exceeds <see cref="Largest"/> does not count.</param>
    public int FilledSize(int rows)
    {
        int size = RunSize(Math.Min(rows, Largest));
        return size <= rows ? size : _sizes[Array.IndexOf(_sizes, size) - 1];
    }

    private static int Checked(int maxBatch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatch, 1);
        return maxBatch;
    }
}
