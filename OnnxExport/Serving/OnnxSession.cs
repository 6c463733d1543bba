using Microsoft.ML.OnnxRuntime;
using Toolkit.Autograd.Files;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Import;

namespace Toolkit.OnnxExport.Serving;

/// <summary>
/// An ONNX model loaded into ONNX Runtime. Several threads may run one session at once, each with buffers of its own. Load only models that you trust:
/// a model file is a program.
/// </summary>
public sealed class OnnxSession : IDisposable
{
    // One of them turns a product in a loop into a node that lacks an input, and fails at it; the other keeps the factor of a product of float64 in float32.
    private const string WrongOptimizations = "MatmulTransposeFusion;MatMulScaleFusion";

    private readonly InferenceSession session;
    private readonly UseCount uses;

    private OnnxSession(InferenceSession session, Provider active, string? fallbackReason, bool sharesMemory)
    {
        this.session = session;
        uses = new UseCount(session.Dispose);
        SharesMemory = sharesMemory;
        ActiveProvider = active;
        FallbackReason = fallbackReason;
        Inputs = [.. session.InputMetadata.Select(p => TensorDescription.Of(p.Key, p.Value))];
        Outputs = [.. session.OutputMetadata.Where(p => TensorDescription.IsTensor(p.Value)).Select(p => TensorDescription.Of(p.Key, p.Value))];
        DefaultedInputs = [.. session.OverridableInitializerMetadata.Select(p => TensorDescription.Of(p.Key, p.Value))];
        UnservedOutputs = [.. session.OutputMetadata.Where(p => !TensorDescription.IsTensor(p.Value)).Select(p => p.Key)];
        Metadata = session.ModelMetadata.CustomMetadataMap;
    }

    /// <summary>The inputs that a caller must give.</summary>
    public IReadOnlyList<TensorDescription> Inputs { get; }

    /// <summary>The outputs that are tensors.</summary>
    public IReadOnlyList<TensorDescription> Outputs { get; }

    /// <summary>The names of outputs that are no tensors but sequences or maps, as ZipMap gives (ai.onnx.ml): they are not served, the others are.</summary>
    public IReadOnlyList<string> UnservedOutputs { get; }

    /// <summary>The model's own properties (ONNX metadata_props), by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The provider that runs the model: the CPU if it had to take over.</summary>
    public Provider ActiveProvider { get; }

    /// <summary>Why the CPU took over, or null if it did not.</summary>
    public string? FallbackReason { get; }

    /// <summary>The inputs for which the file has values, which may be given all the same.</summary>
    internal IReadOnlyList<TensorDescription> DefaultedInputs { get; }

    /// <summary>Whether all of the model runs on the caller's memory, so that what a binding holds is what a run sees: not with a device, nor with a
    /// provider that the application may have added itself.</summary>
    internal bool SharesMemory { get; }

    /// <summary>Checks, without a model, that one could be served.</summary>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ServingException">The native ONNX Runtime is missing; names the package to add.</exception>
    /// <exception cref="ProviderUnavailableException">The provider is not available and falling back is not allowed.</exception>
    public static void RequireAvailable(ServingOptions? options = null) => Choose(options ?? new ServingOptions(), out _);

    /// <summary>Loads a model from a file.</summary>
    /// <param name="path">The path of the .onnx file.</param>
    /// <param name="options">How to serve it; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ServingException">The file is no model that ONNX Runtime can run.</exception>
    /// <exception cref="ProviderUnavailableException">The provider is not available and falling back is not allowed.</exception>
    public static OnnxSession Load(string path, ServingOptions? options = null)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"Expected an ONNX model at \"{path}\", found no file.", path);
        }

        if (!RegularFile.Exists(path))
        {
            throw new ServingException($"Expected an ONNX model at \"{path}\", found a pipe, a socket or a device.");
        }

        new RuntimeTraps(() => File.OpenRead(path), () => OnnxModel.Load(path)).Refuse();
        return Create(settings => new InferenceSession(path, settings), $"\"{path}\"", options ?? new ServingOptions());
    }

    /// <summary>Loads a model from memory.</summary>
    /// <param name="model">The bytes of the .onnx file.</param>
    /// <param name="options">How to serve it; null for the defaults.</param>
    /// <exception cref="ServingException">The bytes are no model that ONNX Runtime can run.</exception>
    /// <exception cref="ProviderUnavailableException">The provider is not available and falling back is not allowed.</exception>
    public static OnnxSession Load(byte[] model, ServingOptions? options = null)
    {
        new RuntimeTraps(() => new MemoryStream(model), () => OnnxModel.Load(model)).Refuse();
        return Create(settings => new InferenceSession(model, settings), $"{model.Length} bytes", options ?? new ServingOptions());
    }

    /// <summary>Runs the model on values and returns new ones. For many runs of equal sizes, <see cref="CreateBuffers"/> avoids the copies.</summary>
    /// <param name="inputs">One value for each input, in the order of <see cref="Inputs"/>.</param>
    /// <returns>One value for each output, in the order of <see cref="Outputs"/>.</returns>
    public IReadOnlyList<Value> Run(params ReadOnlySpan<Value> inputs)
    {
        using SessionBuffers buffers = CreateBuffers(InputCheck.Sizes(Inputs, inputs));
        for (int i = 0; i < inputs.Length; i++)
        {
            buffers.Inputs[i].CopyFrom(inputs[i]);
        }

        buffers.Run();
        return [.. buffers.Outputs];
    }

    /// <summary>Makes buffers for runs of one size, to be written, run and read again and again without allocation.</summary>
    /// <param name="sizes">The value of every symbol of the inputs, for example batch = 64.</param>
    /// <param name="outputs">The outputs to compute, in this order; null for all. ONNX Runtime skips what only the others need.</param>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    /// <exception cref="ServingException">An output is not one of <see cref="Outputs"/>, or all are asked for and one is no tensor.</exception>
    public SessionBuffers CreateBuffers(IReadOnlyDictionary<string, int> sizes, IReadOnlyList<string>? outputs = null)
    {
        return new SessionBuffers(this, sizes, outputs is null
            ? UnservedOutputs is [] ? [.. Outputs] : throw new ServingException(
                $"Expected tensors as outputs, found \"{UnservedOutputs[0]}\", a sequence or a map; ask for {string.Join(", ", Outputs.Select(o => $"\"{o.Name}\""))} alone.")
            : [.. outputs.Select(name => Outputs.FirstOrDefault(o => o.Name == name) ?? throw new ServingException(
                $"Expected the name of an output, one of {string.Join(", ", Outputs.Select(o => $"\"{o.Name}\""))}, found \"{name}\"."))]);
    }

    /// <summary>Releases the model. Runs that are under way end first, later ones throw <see cref="ObjectDisposedException"/>; the native memory goes with the
    /// last <see cref="SessionBuffers"/>.</summary>
    public void Dispose() => uses.End();

    /// <summary>Keeps the native session until <see cref="Leave"/>.</summary>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    internal void Enter() => uses.Enter(this);

    internal void Leave() => uses.Leave();

    internal void Run(RunOptions options, string[] inputNames, OrtValue[] inputs, string[] outputNames, OrtValue[] outputs)
    {
        Enter();
        try
        {
            session.Run(options, inputNames, inputs, outputNames, outputs);
        }
        finally
        {
            Leave();
        }
    }

    internal void Run(RunOptions options, OrtIoBinding binding)
    {
        Enter();
        try
        {
            session.RunWithBinding(options, binding);
        }
        finally
        {
            Leave();
        }
    }

    internal IDisposableReadOnlyCollection<OrtValue> Run(RunOptions options, string[] inputNames, OrtValue[] inputs, string[] outputNames)
    {
        Enter();
        try
        {
            return session.Run(options, inputNames, inputs, outputNames);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>A binding; only between <see cref="Enter"/> and <see cref="Leave"/>, as it refers to the native session.</summary>
    internal OrtIoBinding CreateBinding() => session.CreateIoBinding();

    /// <summary>Memory of the provider, to be released before this session.</summary>
    internal OrtAllocator CreateAllocator(OrtMemoryInfo memory) => new(session, memory);

    private static OnnxSession Create(Func<SessionOptions, InferenceSession> load, string what, ServingOptions options)
    {
        Provider active = Choose(options, out string? reason);
        try
        {
            return Describe(LoadOn(active, load, options), active, reason, options);
        }
        catch (Exception e) when (active is Provider.CudaProvider && e is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            string message = $"The provider {active} could not be started: {e.Message}. {Advice()}";
            return options.AllowFallback
                ? Describe(LoadOn(Provider.Cpu, load, options), Provider.Cpu, message, options)
                : throw new ProviderUnavailableException(message, e);
        }
        catch (OnnxRuntimeException e)
        {
            throw LoadFailure.Of(e, what);
        }
    }

    private static Provider Choose(ServingOptions options, out string? reason)
    {
        reason = UnavailableReason(options.Provider);
        return reason is null ? options.Provider : options.AllowFallback ? Provider.Cpu : throw new ProviderUnavailableException(reason);
    }

    private static OnnxSession Describe(InferenceSession session, Provider active, string? reason, ServingOptions options)
    {
        try
        {
            return new OnnxSession(session, active, reason, active == Provider.Cpu && options.Configure is null);
        }
        catch
        {
            // A model that is refused must not wait for the garbage collector.
            session.Dispose();
            throw;
        }
    }

    private static InferenceSession LoadOn(Provider provider, Func<SessionOptions, InferenceSession> load, ServingOptions options)
    {
        using var settings = new SessionOptions();
        settings.AddSessionConfigEntry("optimization.disable_specified_optimizers", WrongOptimizations);
        if (options.IntraOpThreads > 0)
        {
            settings.IntraOpNumThreads = options.IntraOpThreads;
        }

        if (provider is Provider.CudaProvider cuda)
        {
            settings.AppendExecutionProvider_CUDA(cuda.DeviceId);
        }

        options.Configure?.Invoke(settings);
        return load(settings);
    }

    private static string? UnavailableReason(Provider provider)
    {
        try
        {
            return OrtEnv.Instance().GetAvailableProviders().Contains(provider.RuntimeName)
                ? null
                : $"The provider {provider} was asked for, but this application's ONNX Runtime does not have it. {Advice()}";
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException)
        {
            throw new ServingException("The native ONNX Runtime is missing: add the package Microsoft.ML.OnnxRuntime (CPU) or " +
                "Microsoft.ML.OnnxRuntime.Gpu (CUDA) to the application.", e);
        }
    }

    private static string Advice() =>
        "CUDA needs the package Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime (in this repository: -p:Gpu=true), an NVIDIA driver, CUDA " +
        $"and cuDNN. Available providers: {string.Join(", ", OrtEnv.Instance().GetAvailableProviders())}.";
}
