using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Training;

/// <summary>The evaluation of a trainer's model, for examples with or without weights.</summary>
internal sealed class Evaluator
{
    private readonly Trainer trainer;
    private readonly Function function;
    private readonly Measures measures;

    public Evaluator(Trainer trainer, DataLayout layout)
    {
        this.trainer = trainer;
        (Autograd.Graph.Signature signature, measures, _) = TrainingGraph.BuildEvaluation(trainer, layout);
        function = Function.Compile(signature, trainer.Execution);
    }

    public Evaluation Run(IDataSource data, int batchSize)
    {
        var check = new TargetCheck(trainer, data);
        var totals = new MeasureTotals(measures);
        var outputs = new Value[function.Signature.Outputs.Count];
        var inputs = new Value[function.Signature.Inputs.Count];
        long examples = 0;
        foreach (Batch batch in data.Batches(new BatchOptions { Size = batchSize }))
        {
            check.Batch(batch, examples);
            ExampleSymbols.Bind(batch, function.Signature.Inputs, inputs);
            function.RunInto(inputs, outputs);
            totals.Add(outputs, batch.Count);
            examples += batch.Count;
        }

        return new Evaluation(totals.Of(0, "loss"), trainer.ByName(totals), examples) { Observed = totals.ByName() };
    }
}
