using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Data.Augmentation;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Components;

public class DefaultTests
{
    [Fact]
    public void Defaults_are_those_that_the_documentation_states()
    {
        (string Place, object? Stated, object? Found)[] rows = [
            .. DocumentedDefaults.Of(typeof(Trainer).Assembly, new RandomFlip(0), new MultiTask(new LearningTask("kind", new MeanSquaredError())), new ReduceOnPlateau(0.1), new Standardization([0], [1])),
            .. DocumentedDefaults.Of(typeof(Variable).Assembly),
        ];
        Assert.All(rows, row => Assert.True(DocumentedDefaults.Same(row.Stated, row.Found), $"{row.Place}: expected {row.Stated ?? "null"} as documented, found {row.Found ?? "null"}."));
        Assert.InRange(rows.Length, 100, int.MaxValue);
    }
}
