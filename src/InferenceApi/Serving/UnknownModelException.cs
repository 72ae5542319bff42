namespace InferenceApi.Serving;

/// <summary>No model of this name is installed.</summary>
public sealed class UnknownModelException(string name) : Exception($"No model '{name}' is installed.")
{
    public string Name { get; } = name;
}
