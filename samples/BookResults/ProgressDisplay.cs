using System.Globalization;
using Spectre.Console;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults;

/// <summary>Shows a training: a progress bar on a terminal, a line for each epoch where the output is redirected.</summary>
internal static class ProgressDisplay
{
    public static History Run(string part, int epochs, int stepsPerEpoch, bool quiet, Func<IProgress<TrainingProgress>?, History> train)
    {
        if (quiet)
            return train(null);
        if (Console.IsOutputRedirected)
        {
            // Hundreds of tiny epochs would drown what matters.
            int every = Math.Max(1, epochs / 50);
            return train(new Reporter(progress =>
            {
                if (progress.Completed is { } epoch && (progress.Epoch % every == 0 || progress.Epoch == epochs))
                    Console.WriteLine(Describe(part, progress.Epoch, epochs, epoch));
            }));
        }

        return AnsiConsole.Progress().Start(context =>
        {
            ProgressTask task = context.AddTask(Markup.Escape(part), maxValue: epochs);
            return train(new Reporter(progress =>
            {
                task.Value = progress.Completed is null ? progress.Epoch - 1 + ((double)progress.Step / stepsPerEpoch) : progress.Epoch;
                task.Description = Markup.Escape(string.Create(
                    CultureInfo.InvariantCulture, $"{part}: epoch {progress.Epoch}/{epochs}, loss {progress.Loss:F4}"));
            }));
        });
    }

    private static string Describe(string part, int number, int epochs, EpochRecord epoch)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{part}: epoch {number}/{epochs}, loss {epoch.Loss:F4}");
        if (epoch.Validation is { } test)
        {
            text += string.Create(CultureInfo.InvariantCulture, $", test loss {test.Loss:F4}");
            foreach ((string name, double value) in test.Metrics)
                text += string.Create(CultureInfo.InvariantCulture, $", test {name} {value:F4}");
        }

        return text + string.Create(CultureInfo.InvariantCulture, $", {epoch.Elapsed.TotalSeconds:F1} s");
    }

    // Progress<T> posts to the thread pool, where lines could change places; this one reports at once.
    private sealed class Reporter(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
