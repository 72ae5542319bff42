namespace Export.Weights;

/// <summary>Weights are not those of a network of this family; the message says expected and found.</summary>
public sealed class WeightsException(string message, Exception? inner = null) : Exception(message, inner);
