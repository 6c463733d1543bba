using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Training;

/// <summary>The evaluation of a trainer's model, for examples with or without weights.</summary>
internal sealed class Evaluator
{
    private readonly Trainer trainer;
    private readonly Function function;
    private readonly IReadOnlyList<MeanOutput> means;

    public Evaluator(Trainer trainer, DataLayout layout)
    {
        this.trainer = trainer;
        (Autograd.Graph.Signature signature, means) = TrainingGraph.BuildEvaluation(trainer, layout);
        function = Function.Compile(signature, trainer.Execution);
    }

    public Evaluation Run(IDataSource data, int batchSize)
    {
        var check = new TargetCheck(trainer, data);
        var totals = new MeanTotals(means);
        var outputs = new Value[function.Signature.Outputs.Count];
        var inputs = new Value[ExampleSymbols.Count(data.Layout)];
        long examples = 0;
        foreach (Batch batch in data.Batches(new BatchOptions { Size = batchSize }))
        {
            check.Batch(batch, examples);
            ExampleSymbols.Bind(batch, inputs);
            function.RunInto(inputs, outputs);
            totals.Add(outputs, batch.Count);
            examples += batch.Count;
        }

        return new Evaluation(totals.Mean(0, "loss"), trainer.Named(totals), examples);
    }
}
