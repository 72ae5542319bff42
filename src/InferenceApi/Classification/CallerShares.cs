using System.Net;

namespace InferenceApi.Classification;

/// <summary>How many places of each model's queue the requests of one address hold, so that no address takes them all.</summary>
/// <param name="percent">Of a line that one address may hold, 1 to 100.</param>
public sealed class CallerShares(int percent)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(IPAddress Caller, string Model), int> _held = [];

    /// <summary>Counts places until it is disposed. A request that is its address's only one always passes.</summary>
    /// <param name="caller">Null where the protocol knows none.</param>
    /// <param name="model">Whose line.</param>
    /// <param name="images">Places that the request takes.</param>
    /// <param name="capacity">Of the line.</param>
    /// <exception cref="ClassificationException">The address would hold more than its share.</exception>
    public Places Take(IPAddress? caller, string model, int images, int capacity)
    {
        if (caller is null || percent == 100) return default;
        int share = Math.Max(1, (int)((long)capacity * percent / 100));
        lock (_gate)
        {
            int held = _held.GetValueOrDefault((caller, model));
            if (held > 0 && held + images > share) throw Refusal(share);
            _held[(caller, model)] = held + images;
        }

        return new Places(this, caller, model, images);
    }

    private static ClassificationException Refusal(int share) => new(new Failure(
        FailureKind.Overloaded,
        $"This address has {share} pictures under way, as many as one address may have (Uploads:AddressPercent).", Retry));

    private void Return(IPAddress caller, string model, int images)
    {
        lock (_gate)
        {
            int left = _held[(caller, model)] - images;
            if (left == 0) _held.Remove((caller, model));
            else _held[(caller, model)] = left;
        }
    }

    /// <summary>Places of one request; to be disposed once.</summary>
    public readonly struct Places : IDisposable
    {
        private readonly CallerShares? _shares;
        private readonly IPAddress _caller;
        private readonly string _model;
        private readonly int _images;

        internal Places(CallerShares shares, IPAddress caller, string model, int images) =>
            (_shares, _caller, _model, _images) = (shares, caller, model, images);

        public void Dispose() => _shares?.Return(_caller, _model, _images);
    }
}
