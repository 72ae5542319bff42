namespace ModelStore;

/// <summary>The right to be the only one who exports from one source, held until disposed or until the process ends.</summary>
public sealed class ExportTurn : IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(0.25);

    private readonly HeldFile _file;

    private ExportTurn(HeldFile file) => _file = file;

    public void Dispose() => _file.Dispose();

    /// <summary>Waits until no other export, in this or another process, holds it.</summary>
    /// <param name="store">Where the export goes.</param>
    /// <param name="source">A model's name; exports of variants of one checkpoint give the same.</param>
    /// <param name="waits">Called once, before the first wait.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="ModelStoreException">The store cannot be written.</exception>
    public static async Task<ExportTurn> WaitAsync(StoreFolder store, string source, Action waits, CancellationToken cancel)
    {
        try
        {
            // The files stay: a lock on a deleted file excludes no other process.
            string folder = Path.Combine(store.Root, StoreFolder.LockFolder), path = Path.Combine(folder, source);
            Directory.CreateDirectory(folder);
            for (bool announced = false; ;)
            {
                if (HeldFile.TryTake(path) is { } file) return new ExportTurn(file);
                if (!announced) waits();
                announced = true;
                await Task.Delay(LookAgain, TimeProvider.System, cancel).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"{store.Root}: the store cannot be written: {failure.Message}", failure);
        }
    }
}
