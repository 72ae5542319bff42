using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using ModelStore;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace InferenceApi.Runtime.GraphCache;

/// <summary>
/// Graphs as ONNX Runtime left them after optimising, so that the next start skips that work (ResNet-50: 23 ms instead of 900), and so
/// that sessions can share the weights. An entry is a folder keyed by everything its content depends on; a damaged one is made again.
/// The digests in an entry find damage, not malice: who can write it can write all of it, so a folder others may write is not used.
/// </summary>
/// <param name="folder">Where entries are; made where it is absent.</param>
/// <param name="logger">Receives the reason where it is not used.</param>
/// <param name="keep">False: entries are for this process alone, and have no digests.</param>
internal sealed partial class OptimizedGraphCache(string folder, ILogger logger, bool keep = true)
{
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string DigestsFile = "sha256";
    private const string TemporaryPrefix = "inference-graph-";

    // Opening takes seconds; what is older was left by a process that ended meanwhile.
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(15);

    // Entries of models and versions that are no longer used; each is as large as the weights.
    private static readonly TimeSpan Unused = TimeSpan.FromDays(7);

    // Smaller tensors are quicker read with the graph.
    private const string SmallestWeight = "1024";

    /// <summary>A verified model's optimised graph, made where there is none yet.</summary>
    /// <returns>Null where the folder cannot be used; the log says why.</returns>
    public OptimizedGraph? Open(InstalledModel model, RuntimePlan plan)
    {
        if (!IsTrusted()) return null;
        string entry = Path.Combine(folder, Key(model.Manifest));
        return TryOpen(entry) ?? Make(model, entry, plan);
    }

    /// <summary>
    /// The same where no cache is configured: made in a folder of its own, which is gone as soon as the sessions are open; the mapped
    /// weights stay as long as they are used. What a crash in between left is removed by a later call.
    /// </summary>
    /// <inheritdoc cref="Open"/>
    public static OptimizedGraph? OpenTemporary(InstalledModel model, RuntimePlan plan, ILogger logger) =>
        OpenTemporary(Path.GetTempPath(), model, plan, logger);

    internal static OptimizedGraph? OpenTemporary(string parent, InstalledModel model, RuntimePlan plan, ILogger logger)
    {
        DeleteOlder(parent, TemporaryPrefix + "*", Abandoned);
        string folder = Path.Combine(parent, TemporaryPrefix + Guid.NewGuid().ToString("N"));
        OptimizedGraph? graph = null;
        try
        {
            graph = new OptimizedGraphCache(folder, logger, keep: false).Open(model, plan);
            if (graph is not null) graph.AfterOpening = () => Delete(folder);
            return graph;
        }
        finally
        {
            if (graph is null) Delete(folder);
        }
    }

    /// <summary>
    /// The entry's name: model, ONNX Runtime and the processor's abilities, since layouts are chosen for its vector width.
    /// </summary>
    internal static string Key(ModelManifest manifest)
    {
        string dependsOn = string.Join(
            '|', "2", manifest.Model.Sha256, OrtEnv.Instance().GetVersionString(), RuntimeInformation.ProcessArchitecture,
            Avx2.IsSupported, Fma.IsSupported, Avx512F.IsSupported, Avx512BW.IsSupported, AvxVnni.IsSupported, Avx512Vbmi.IsSupported);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dependsOn)));
    }

    /// <summary>Removes an entry that ONNX Runtime would not open.</summary>
    public static void Discard(OptimizedGraph graph) => Delete(graph.Folder);

    private OptimizedGraph? TryOpen(string entry)
    {
        if (!Directory.Exists(entry)) return null;
        try
        {
            if (File.ReadAllText(Path.Combine(entry, DigestsFile)) != Digests(entry)) throw new InvalidDataException("its digests differ");
            var graph = new OptimizedGraph(entry);
            Directory.SetLastWriteTimeUtc(entry, TimeProvider.System.GetUtcNow().UtcDateTime);
            return graph;
        }
        catch (Exception failure) when (failure is InvalidDataException or FileNotFoundException or OnnxRuntimeException)
        {
            Log.EntryDropped(logger, entry, failure.Message);
            Delete(entry);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The machine's trouble, not the entry's: others may be using it.
            Log.EntryNotRead(logger, entry, failure.Message);
        }

        return null;
    }

    private OptimizedGraph? Make(InstalledModel model, string entry, RuntimePlan plan)
    {
        string draft = Path.Combine(folder, $".{Guid.NewGuid():N}.draft");
        try
        {
            Directory.CreateDirectory(draft);
            Optimise(model, draft, plan);
            if (!keep) return Moved(draft, entry);
            File.WriteAllText(Path.Combine(draft, DigestsFile), Digests(draft));
            DeleteOlder(folder, "*", Unused);
            DeleteOlder(folder, "*.draft", Abandoned);
            return Moved(draft, entry);
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or OnnxRuntimeException or InvalidDataException)
        {
            Log.NotSaved(logger, entry, failure.Message);
            return null;
        }
        finally
        {
            Delete(draft);
        }
    }

    /// <summary>
    /// Complete or absent: a crash leaves a draft, which is never read. If another process was faster, its entry is used.
    /// </summary>
    private OptimizedGraph? Moved(string draft, string entry)
    {
        try
        {
            Directory.Move(draft, entry);
        }
        catch (IOException) when (Directory.Exists(entry))
        {
            return TryOpen(entry);
        }

        return new OptimizedGraph(entry);
    }

    private static void Optimise(InstalledModel model, string draft, RuntimePlan plan)
    {
        using SessionOptions settings = SessionSettings.Create(plan);
        settings.OptimizedModelFilePath = Path.Combine(draft, OptimizedGraph.GraphFile);
        settings.AddSessionConfigEntry("session.optimized_model_external_initializers_file_name", OptimizedGraph.WeightsFile);
        settings.AddSessionConfigEntry("session.optimized_model_external_initializers_min_size_in_bytes", SmallestWeight);
        // Its warning that a saved graph fits this kind of machine only is what the key is about.
        settings.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
        new InferenceSession(model.ModelPath, settings).Dispose();
    }

    private bool IsTrusted()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
                return true;
            }

            Directory.CreateDirectory(folder, OwnersAlone);
            if ((File.GetUnixFileMode(folder) & WritableByOthers) == 0 && FolderOwner.IsTrusted(folder)) return true;
            Log.FolderNotUsed(logger, folder, "others may write it");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.FolderNotUsed(logger, folder, failure.Message);
        }

        return false;
    }

    private static string Digests(string entry) =>
        string.Join('\n', Digest(entry, OptimizedGraph.GraphFile), Digest(entry, OptimizedGraph.WeightsFile));

    /// <summary>Of an absent file, nothing: a graph of small tensors has no other.</summary>
    private static string Digest(string entry, string name)
    {
        string path = Path.Combine(entry, name);
        if (!File.Exists(path)) return "";
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static void DeleteOlder(string parent, string pattern, TimeSpan age)
    {
        try
        {
            foreach (string folder in Directory.GetDirectories(parent, pattern))
            {
                if (Directory.GetLastWriteTimeUtc(folder) < TimeProvider.System.GetUtcNow().UtcDateTime - age) Delete(folder);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Tidying is no reason to fail.
        }
    }

    private static void Delete(string folder)
    {
        try
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Left behind as litter; nothing reads it.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4011, LogLevel.Warning, "The optimised graph {Entry} is not usable ({Reason}); it will be made again.")]
        public static partial void EntryDropped(ILogger logger, string entry, string reason);

        [LoggerMessage(4014, LogLevel.Warning, "The optimised graph {Entry} could not be read: {Reason}.")]
        public static partial void EntryNotRead(ILogger logger, string entry, string reason);

        [LoggerMessage(4012, LogLevel.Warning, "The optimised graph {Entry} could not be kept: {Reason}.")]
        public static partial void NotSaved(ILogger logger, string entry, string reason);

        [LoggerMessage(4013, LogLevel.Warning, "The folder of optimised graphs {Folder} is not used: {Reason}.")]
        public static partial void FolderNotUsed(ILogger logger, string folder, string reason);
    }
}
