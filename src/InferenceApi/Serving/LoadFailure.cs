using InferenceApi.Runtime;
using ModelStore;

namespace InferenceApi.Serving;

/// <summary>
/// Why a model cannot be served, in a sentence for callers, without paths, digests or a library's message. The log has those.
/// </summary>
internal static class LoadFailure
{
    /// <param name="failure">What loading it threw.</param>
    public static string Sentence(Exception failure) => failure switch
    {
        ModelStoreException { Fault: StoreFault.Unreadable } => "a file of it is missing or cannot be read.",
        ModelStoreException { Fault: StoreFault.Manifest } => "its manifest is not valid.",
        ModelStoreException { Fault: StoreFault.Differs } => "a file of it is not the one that its manifest describes.",
        ModelStoreException { Fault: StoreFault.Link } => "a part of it is a symbolic link that is not followed.",
        ModelStoreException { Fault: StoreFault.Labels } => "its labels are not those of its classes.",
        ModelStoreException { Fault: StoreFault.Network } => "its network cannot be opened.",
        ModelStoreException { Fault: StoreFault.Unsupported } => "this machine cannot compute models of its precision exactly and fast.",
        ModelTooLargeException => failure.Message,
        OutOfMemoryException or DeviceMemoryException => "there is not enough memory for it.",
        TypeInitializationException { InnerException: { } cause } => Sentence(cause),
        DllNotFoundException or EntryPointNotFoundException or BadImageFormatException =>
            "a native library that it needs is missing or does not fit this machine.",
        _ => "it could not be loaded.",
    };
}
