using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Training;

/// <summary>The two computations of a training, as signatures: the step and the evaluation.</summary>
internal sealed class TrainingGraph
{
    /// <summary>The places of the outputs of <see cref="Step"/>; the sums of the metrics follow.</summary>
    public const int LossOutput = 0, ObjectiveOutput = 1, RateOutput = 2, FirstMetricOutput = 3;

    private readonly Trainer trainer;
    private readonly DataLayout layout;

    public TrainingGraph(Trainer trainer, DataLayout layout, OptimizerState state)
    {
        this.trainer = trainer;
        this.layout = layout;
        Step = BuildStep(state);
        Evaluation = BuildEvaluation();
    }

    /// <summary>Inputs "input" and "target"; outputs "loss" (mean without penalties), "objective" (with penalties), "learning_rate" and the
    /// sum of each metric over the batch; updates of everything that changes.</summary>
    public Signature Step { get; }

    /// <summary>Inputs "input" and "target"; outputs the sums over the batch of "loss" and of each metric.</summary>
    public Signature Evaluation { get; }

    private (Variable Input, Variable Target) Inputs()
    {
        Variable input = Variable.Input("input", DType.Float32, ["batch", .. layout.FeatureShape.Select(size => (Dim)size)]);
        Variable target = layout.HasLabels
            ? Variable.Input("target", DType.Int64, ["batch"])
            : Variable.Input("target", DType.Float32, ["batch", .. layout.TargetShape.Select(size => (Dim)size)]);
        return (input, target);
    }

    private Signature BuildStep(OptimizerState state)
    {
        IReadOnlyList<Parameter> parameters = trainer.Model.Parameters;
        CheckNames(parameters);
        (Variable input, Variable target) = Inputs();
        var context = new ForwardContext(Mode.Training);
        var objective = new Objective(trainer.Model, trainer.Loss, input, target, context, state);
        CheckClasses(objective.Output);
        Variable total = objective.Loss;
        foreach (Regularizer regularizer in trainer.Regularizers)
        {
            Variable penalty = regularizer.Penalty(objective);
            if (penalty.Shape.Rank != 0)
            {
                throw new ShapeException(
                    $"The penalty of {regularizer.GetType().Name} must be a scalar, found the shape {penalty.Shape}: sum or average it.");
            }

            total += penalty;
        }

        IReadOnlyList<Parameter> learned = objective.Parameters;
        CheckReached(learned, objective.Loss, input, target);
        Composition.Check(trainer, learned);
        Parameter[] known = [.. parameters, .. state.Parameters];
        Registration.OfModel(known, objective.Output, context);
        Registration.OfObjective(known, total);
        state.Projection = update => Constrain(update).NewValue;
        IReadOnlyList<Variable> gradients = Gradient.Of(total, [.. learned.Select(parameter => parameter.Variable)]);
        IReadOnlyList<Update> updates = trainer.Optimizer.Updates(
            [.. learned.Zip(gradients, (parameter, gradient) => new ParameterGradient(parameter, gradient))], state);
        Registration.OfUpdates([.. parameters, .. state.Parameters], updates);
        return new Signature(
            [input, target],
            [
                new Output("loss", objective.Loss),
                new Output("objective", total),
                new Output("learning_rate", trainer.Optimizer.Rate(state)),
                .. Metrics(objective.Output, target),
            ],
            [
                .. updates.Select(Constrain),
                .. context.Updates,
                new Update(state.StepCounter, Ops.Add(state.Step, Variable.Scalar(1, DType.Int64))),
            ],
            "training_step");
    }

    private Signature BuildEvaluation()
    {
        (Variable input, Variable target) = Inputs();
        var context = new ForwardContext(Mode.Inference);
        Variable output = trainer.Model.Forward(input, context);
        Registration.OfModel(trainer.Model.Parameters, output, context);
        return new Signature(
            [input, target],
            [new Output("loss", trainer.Loss.PerExample(output, target).Sum()), .. Metrics(output, target)],
            name: "evaluation");
    }

    private IEnumerable<Output> Metrics(Variable output, Variable target) =>
        trainer.Metrics.Select(metric => new Output(metric.Name, metric.PerExample(output, target).Sum()));

    private Update Constrain(Update update)
    {
        if (update.Parameter.Role == ParameterRole.State)
            return update;
        Variable value = update.NewValue;
        foreach (Constraints.Constraint constraint in trainer.Constraints)
        {
            if (constraint.AppliesTo(update.Parameter))
                value = constraint.Project(value, update.Parameter);
        }

        return new Update(update.Parameter, value);
    }

    private void CheckClasses(Variable output)
    {
        // Labels that have no logit would silently give a loss of zero.
        if (layout.HasLabels && output.Shape.Rank == 2 && output.Shape[1].IsStatic)
        {
            int outputs = output.Shape[1].Size;
            int needed = outputs == 1 ? 2 : outputs;
            if (layout.ClassCount > needed)
            {
                throw new ShapeException(
                    $"The data have {layout.ClassCount} classes, but the model gives {outputs} outputs per example, enough for {needed}.");
            }
        }
    }

    private static void CheckNames(IReadOnlyList<Parameter> parameters)
    {
        string[] twice =
            [.. parameters.GroupBy(p => p.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key)];
        if (twice.Length > 0)
        {
            throw new GraphException(
                $"The model has several parameters of the same name: {string.Join(", ", twice)}. Names are settled when a module is first " +
                $"used; compose modules before that, or give them a {nameof(Module.Name)}.");
        }
    }

    private static void CheckReached(IReadOnlyList<Parameter> learned, Variable loss, Variable input, Variable target)
    {
        var read = new HashSet<Parameter>(new Signature([input, target], [new Output("loss", loss)]).Parameters);
        string[] unreached = [.. learned.Where(parameter => !read.Contains(parameter)).Select(parameter => parameter.Name)];
        if (unreached.Length > 0)
        {
            throw new GraphException(
                $"The loss does not depend on these parameters of the model, so they cannot be learned: {string.Join(", ", unreached)}.");
        }
    }
}
