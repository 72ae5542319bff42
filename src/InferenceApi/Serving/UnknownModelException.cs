namespace InferenceApi.Serving;

/// <summary>No model of this name is installed, or the installed one is not served.</summary>
/// <param name="name">As it was asked for.</param>
/// <param name="isInstalled">Whether only <see cref="ServingOptions.OnDemand"/> keeps it from being served.</param>
public sealed class UnknownModelException(string name, bool isInstalled = false) : Exception($"No model '{name}' is served.")
{
    public string Name { get; } = name;

    public bool IsInstalled { get; } = isInstalled;
}
