using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Toolkit.Autograd.Files;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Training;

/// <summary>
/// Trains with ONNX Runtime: runs an exported training step again and again, on the CPU or a GPU. It keeps all that the step changes, weights, moments, counters, in two sets of memory where
/// the step runs, and exchanges them after each step; only the batch goes in and the measures come out. One thread at a time. Load only files that you trust: a model file is a program.
/// </summary>
public sealed class OnnxTrainer : IDisposable
{
    private const string Loss = "loss";

    private readonly byte[] file;
    [SuppressMessage("Reliability", "CA2213:Disposable fields should be disposed", Justification = "Released with the last use.")]
    private readonly OnnxSession session;
    private readonly UseCount uses;
    [SuppressMessage("Reliability", "CA2213:Disposable fields should be disposed", Justification = "Released with the last use.")]
    private readonly RunOptions options = new();
    [SuppressMessage("Reliability", "CA2213:Disposable fields should be disposed", Justification = "Released with the last use.")]
    private readonly StateBuffers buffers;
    private readonly OrtIoBinding[] bindings;
    private readonly TensorMemory[] measures;
    private readonly TensorDescription[] state;
    private readonly Dictionary<string, WrittenUpdate> updates;
    private int current;
    private int running;

    private OnnxTrainer(byte[] file, OnnxSession session, ModelProto model, Func<TensorDescription, Value> first)
    {
        this.file = file;
        this.session = session;
        updates = new(WrittenUpdate.Of(model), StringComparer.Ordinal);
        Inputs = [.. session.Inputs.Where(input => !updates.ContainsKey(input.Name))];
        state = [.. session.DefaultedInputs.Concat(session.Inputs).Where(input => updates.ContainsKey(input.Name))];
        HashSet<string> next = [.. updates.Values.Select(update => update.NewName)];
        measures = [.. session.Outputs.Where(output => !next.Contains(output.Name)).Select(output => new TensorMemory(output, output.StaticSizes()))];
        Value[] values = [.. state.Select(first)];
        buffers = StateBuffers.Create(session, state);
        bindings = [session.CreateBinding(), session.CreateBinding()];
        uses = new UseCount(Release);
        Bind();
        buffers.Write(current, values);
    }

    /// <summary>What a step is given: the fields of a batch.</summary>
    public IReadOnlyList<TensorDescription> Inputs { get; }

    /// <summary>What the step learns: weights, biases, scales.</summary>
    public IReadOnlyList<TensorDescription> Parameters => [.. state.Where(IsLearned)];

    /// <summary>All that the step changes: what it learns, and running means, moments, counters.</summary>
    public IReadOnlyList<TensorDescription> State => state;

    /// <summary>The provider that runs the step: the CPU if it had to take over.</summary>
    public Provider ActiveProvider => session.ActiveProvider;

    /// <summary>Why the CPU took over, or null if it did not.</summary>
    public string? FallbackReason => session.FallbackReason;

    /// <summary>Loads a training step.</summary>
    /// <param name="path">The file, as <see cref="TrainingStepExporter.ExportOnnx"/>, <see cref="TrainingStepExporter.ExportTrainingFiles"/> or <see cref="Save"/> writes it.</param>
    /// <param name="options">Where and how it runs; null for the defaults.</param>
    /// <param name="start">For a step without values of its own, the <c>start.onnx</c> that gives them.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidOnnxModelException">The file is no valid model.</exception>
    /// <exception cref="ServingException">The file is no training step, a first value is missing, NaN or infinite, or ONNX Runtime cannot run it.</exception>
    /// <exception cref="ProviderUnavailableException">The provider is not available and falling back is not allowed.</exception>
    public static OnnxTrainer Load(string path, ServingOptions? options = null, string? start = null)
    {
        byte[] file = ModelCheck.ReadFile(path);
        ModelProto model = ModelCheck.Read(file, Path.GetFileName(path));
        if (WrittenUpdate.Of(model).Count == 0)
        {
            throw new ServingException($"Expected a training step at \"{path}\", found a model whose metadata pair no parameter with its new value (\"update:NAME\").");
        }

        ServingOptions quiet = Quiet(options ?? new ServingOptions());
        var values = model.Graph.Initializer.ToDictionary(tensor => tensor.Name, TensorConversion.ToValue, StringComparer.Ordinal);
        if (start is not null)
        {
            using OnnxSession first = OnnxSession.Load(start);
            foreach ((TensorDescription output, Value value) in first.Outputs.Zip(first.Run()))
                values[output.Name] = value;
        }

        var session = OnnxSession.Load(file, quiet);
        try
        {
            return new OnnxTrainer(file, session, model, wanted => values.TryGetValue(wanted.Name, out Value? value)
                ? Fitting(wanted, value)
                : throw new ServingException($"Expected a first value of \"{wanted.Name}\" in \"{path}\" or in a start.onnx, found none."));
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Makes one step.</summary>
    /// <param name="batch">One value for each of <see cref="Inputs"/>, in their order; read during the call only.</param>
    /// <returns>The outputs of the step by name: "loss", "objective", "learning_rate" and the sums of the metrics for the step of a trainer.</returns>
    /// <exception cref="ServingException">A value does not fit its input, ONNX Runtime reports an error, or the loss is not finite; the state is then as it was before.</exception>
    /// <exception cref="ObjectDisposedException">The trainer was disposed.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the trainer.</exception>
    public IReadOnlyDictionary<string, double> Step(params ReadOnlySpan<Value> batch)
    {
        InputCheck.Sizes(Inputs, batch);
        using Turn turn = Enter();
        OrtIoBinding binding = bindings[current];
        var inputs = new TensorMemory[batch.Length];
        try
        {
            for (int i = 0; i < batch.Length; i++)
            {
                inputs[i] = new TensorMemory(Inputs[i], batch[i]);
                binding.BindInput(Inputs[i].Name, inputs[i].Bound);
            }

            binding.SynchronizeBoundInputs();
            session.Run(options, binding);
            binding.SynchronizeBoundOutputs();
        }
        catch (OnnxRuntimeException e)
        {
            throw new ServingException($"ONNX Runtime failed to run the training step: {e.Message}", e);
        }
        finally
        {
            foreach (TensorMemory? input in inputs)
                input?.Release();
            GC.KeepAlive(inputs);
        }

        var found = measures.ToDictionary(measure => measure.Description.Name, measure => measure.Value[0], StringComparer.Ordinal);
        if (found.TryGetValue(Loss, out double loss) && !double.IsFinite(loss))
            throw new ServingException($"Expected a finite loss, found {loss}: the training has diverged. The state is that before the step.");
        current = 1 - current;
        return found;
    }

    /// <summary>Copies of what the step learns, by name, in the order of <see cref="Parameters"/>.</summary>
    /// <exception cref="ServingException">A number that the step has changed is NaN or infinite.</exception>
    /// <exception cref="ObjectDisposedException">The trainer was disposed.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the trainer.</exception>
    public IReadOnlyDictionary<string, Value> ReadParameters() => Get(IsLearned);

    /// <summary>Copies of all that the step changes, by name, in the order of <see cref="State"/>.</summary>
    /// <exception cref="ServingException">A number that the step has changed is NaN or infinite.</exception>
    /// <exception cref="ObjectDisposedException">The trainer was disposed.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the trainer.</exception>
    public IReadOnlyDictionary<string, Value> ReadState() => Get(_ => true);

    /// <summary>Sets some or all of what the step changes; the rest stays as it is.</summary>
    /// <param name="values">New values by name; copied.</param>
    /// <exception cref="ServingException">A name is none of <see cref="State"/>, or a value has another type or other sizes, or holds NaN or infinity; nothing is set then.</exception>
    /// <exception cref="ObjectDisposedException">The trainer was disposed.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the trainer.</exception>
    public void Write(IReadOnlyDictionary<string, Value> values)
    {
        if (values.Keys.FirstOrDefault(name => !updates.ContainsKey(name)) is { } unknown)
        {
            throw new ServingException(
                $"Expected names of what the step changes, such as {string.Join(", ", state.Take(3).Select(each => $"\"{each.Name}\""))}, found \"{unknown}\".");
        }

        foreach (TensorDescription each in state.Where(each => values.ContainsKey(each.Name)))
            Fitting(each, values[each.Name]);
        using Turn turn = Enter();
        Value[] before = buffers.Read(current);
        buffers.Write(current, [.. state.Select((each, i) => values.GetValueOrDefault(each.Name, before[i]))]);
    }

    /// <summary>Writes the step with its present state, from which <see cref="Load"/> goes on bit for bit.</summary>
    /// <param name="path">The file to write; the old one stays whole if that fails.</param>
    /// <exception cref="ServingException">A number that the step has changed is NaN or infinite.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file is read-only.</exception>
    /// <exception cref="ObjectDisposedException">The trainer was disposed.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the trainer.</exception>
    public void Save(string path)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(file);
        StoredState.Put(model, ReadState(), asInputs: true);
        AtomicFile.Write(path, model.WriteTo);
    }

    /// <summary>Writes a model for inference with the trained weights.</summary>
    /// <param name="model">The model as it was exported before the training, with weights of its own or to be given.</param>
    /// <param name="path">The file to write; it may be the same.</param>
    /// <exception cref="InvalidOnnxModelException">The model is no valid model.</exception>
    /// <exception cref="ServingException">The model has none of the weights that the step changes, or one of another type or size, or a number is NaN or infinite.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file is read-only.</exception>
    /// <exception cref="ObjectDisposedException">The trainer was disposed.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the trainer.</exception>
    public void SaveModel(string model, string path)
    {
        ModelProto changed = ModelCheck.Read(ModelCheck.ReadFile(model), Path.GetFileName(model));
        if (StoredState.Put(changed, ReadState(), asInputs: false) == 0)
        {
            throw new ServingException($"Expected a model with weights that the step changes, such as \"{state.FirstOrDefault(IsLearned)?.Name}\", found none of them in \"{model}\".");
        }

        AtomicFile.Write(path, changed.WriteTo);
    }

    /// <summary>Releases the native memory. A step that is under way ends first; later ones throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => uses.End();

    /// <summary>ONNX Runtime warns of every parameter that an input may set, which here is the purpose.</summary>
    private static ServingOptions Quiet(ServingOptions options) => options with
    {
        Configure = settings =>
        {
            settings.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
            options.Configure?.Invoke(settings);
        },
    };

    private static Value Fitting(TensorDescription wanted, Value value)
    {
        if (value.DType != wanted.Type.DType || !value.Sizes.SequenceEqual(wanted.StaticSizes()))
            throw new ServingException($"Expected {wanted.Type} for \"{wanted.Name}\", found {value}.");
        return Finite.Fault(wanted.Name, value) is { } fault ? throw new ServingException($"Expected finite numbers, found that {fault}.") : value;
    }

    private bool IsLearned(TensorDescription each) => updates[each.Name].Role != ParameterRole.State;

    private Dictionary<string, Value> Get(Func<TensorDescription, bool> wanted)
    {
        using Turn turn = Enter();
        Value[] values = buffers.Read(current);

        // The loss of a step is that of the weights before it.
        if (state.Zip(values, (each, value) => Finite.Fault(each.Name, value)).FirstOrDefault(fault => fault is not null) is { } diverged)
            throw new ServingException($"Expected finite numbers to hand out, found that {diverged}: the training has diverged. Go on from a saved step, or {nameof(Write)} finite ones.");
        return state.Zip(values).Where(pair => wanted(pair.First)).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);
    }

    private void Bind()
    {
        for (int set = 0; set < bindings.Length; set++)
        {
            for (int i = 0; i < state.Length; i++)
            {
                bindings[set].BindInput(state[i].Name, buffers[set][i]);
                bindings[set].BindOutput(updates[state[i].Name].NewName, buffers[1 - set][i]);
            }

            foreach (TensorMemory measure in measures)
                bindings[set].BindOutput(measure.Description.Name, measure.Bound);
        }
    }

    private Turn Enter()
    {
        uses.Enter(this);
        if (Interlocked.Exchange(ref running, 1) == 0)
            return new Turn(this);
        uses.Leave();
        throw new InvalidOperationException("Expected one thread at a time to use this trainer, found two.");
    }

    private void Release()
    {
        foreach (OrtIoBinding binding in bindings)
            binding.Dispose();
        buffers.Dispose();
        foreach (TensorMemory measure in measures)
            measure.Release();
        options.Dispose();
        session.Dispose();
    }

    /// <summary>The use of the trainer by one thread.</summary>
    private readonly ref struct Turn(OnnxTrainer trainer)
    {
        public void Dispose()
        {
            Volatile.Write(ref trainer.running, 0);
            GC.KeepAlive(trainer);
            trainer.uses.Leave();
        }
    }
}
