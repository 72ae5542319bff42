using InferenceApi.Runtime;
using ModelStore;

namespace InferenceApi.Serving;

/// <summary>
/// Opens a verified model; the caller disposes what it gets. In service this is <see cref="Runtime.Providers.NetworkOpener.Open"/>; tests
/// give scripted instances.
/// </summary>
public delegate OpenedModel ModelOpener(InstalledModel model);
