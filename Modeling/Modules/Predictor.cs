using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A model compiled for prediction, natively: numbers in, numbers out. It reads the model's parameters as they are at each call, so it need
/// not be made anew after more training.
/// </summary>
public sealed class Predictor
{
    private readonly Function function;

    /// <summary>Compiles a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputShape">The shape of one example, without the batch axis; null for <see cref="Module.InputShape"/>.</param>
    /// <param name="execution">Threads and compiler switches; null for the defaults.</param>
    /// <exception cref="InvalidOperationException">The shape is neither given nor known to the model.</exception>
    /// <exception cref="ShapeException">The shape does not fit the model.</exception>
    public Predictor(Module model, Shape? inputShape = null, ExecutionOptions? execution = null)
    {
        function = Function.Compile(model.InferenceFor(inputShape ?? model.KnownInputShape()), execution);
    }

    /// <summary>The computation: the input "input" and the output "output".</summary>
    public Signature Signature => function.Signature;

    /// <summary>The outputs for some examples side by side.</summary>
    /// <param name="batch">Features, float32 of shape [examples, …].</param>
    /// <returns>A new value of shape [examples, …].</returns>
    /// <exception cref="ShapeException">The features do not fit the model.</exception>
    public Value Predict(Value batch) => function.Run(batch)[0];

    /// <summary>The outputs for every example of a source, in its order.</summary>
    /// <param name="data">The examples; labels and targets are not looked at.</param>
    /// <param name="batchSize">How many are computed at once; 256 by default.</param>
    /// <returns>A new value of shape [examples, …].</returns>
    public Value Predict(IDataSource data, int batchSize = 256)
    {
        var parts = new List<Value>();
        var outputs = new Value[1];
        int count = 0;
        foreach (Batch batch in data.Batches(new BatchOptions { Size = batchSize }))
        {
            function.RunInto([batch.Features], outputs);
            parts.Add(outputs[0].Clone());
            count += batch.Count;
        }

        if (parts.Count == 0)
            throw new DataException("There are no examples to predict for.");
        Value all = Value.Zeros(parts[0].DType, [count, .. parts[0].Sizes[1..]]);
        int done = 0;
        foreach (Value part in parts)
        {
            all.CopyElements(part, 0, done, part.Count);
            done += part.Count;
        }

        return all;
    }
}
