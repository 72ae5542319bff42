using InferenceApi.Runtime;
using ModelStore;

namespace InferenceApi.Serving;

/// <summary>
/// Opens the sessions of a verified model, all of the same shape, at least one; the caller disposes them. In service this is
/// <see cref="OnnxModel.OpenSessions"/>; tests give scripted sessions.
/// </summary>
public delegate IReadOnlyList<IModelSession> SessionOpener(InstalledModel model);
