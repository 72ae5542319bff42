using System.Security.Cryptography;

namespace InferenceApi.Endpoints.Requests;

/// <summary>Marks the requests that the service sends to itself before it is ready; random, so that no client can forge one.</summary>
internal sealed class RehearsalKey
{
    public const string Header = "X-Rehearsal";

    private volatile string? _value = RandomNumberGenerator.GetHexString(32);

    public string Value => _value ?? "";

    public bool IsOn(HttpRequest request) => _value is { } value && request.Headers[Header] == value;

    /// <summary>From now on no request is a rehearsal.</summary>
    public void Expire() => _value = null;
}
