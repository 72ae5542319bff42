namespace ModelStore;

/// <summary>The store or something in it is not as it must be; the message names the file and the field.</summary>
public sealed class ModelStoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of failure, without names of files.</summary>
    public StoreFault Fault { get; init; }
}
